<?php
/**
 * The settings that the service keeps for this site, as a table: what they are called and what they do.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Section → fields: path in the settings → {label, kind, explanation, choices}.
 */
final class Settings_Fields {

	/**
	 * Sections in their order, by name in the address.
	 *
	 * @return string[]
	 */
	public static function sections(): array {
		return array(
			'connection' => __( 'Connection', 'igny8' ),
			'models'     => __( 'Models', 'igny8' ),
			'brand'      => __( 'Brand voice', 'igny8' ),
			'images'     => __( 'Images', 'igny8' ),
			'publishing' => __( 'Publishing', 'igny8' ),
			'budgets'    => __( 'Budgets', 'igny8' ),
			'prompts'    => __( 'Prompts', 'igny8' ),
			'roles'      => __( 'Roles', 'igny8' ),
		);
	}

	/**
	 * The fields of a section.
	 *
	 * @return array[]
	 */
	public static function of( string $section ): array {
		$makers = array(
			'models'     => 'models',
			'brand'      => 'brand',
			'images'     => 'images',
			'publishing' => 'publishing',
			'budgets'    => 'budgets',
		);
		return isset( $makers[ $section ] ) ? self::{$makers[ $section ]}() : array();
	}

	/**
	 * Which models do the work.
	 */
	private static function models(): array {
		$empty  = __( 'Left empty, the model above is used.', 'igny8' );
		$fields = array(
			'openai.model' => array( __( 'Text model', 'igny8' ), 'text', __( 'Name of the model as its provider writes it. Left empty, the service decides. The keys of providers stay in the service and never come here.', 'igny8' ) ),
		);
		foreach ( Work_Words::functions() as $function => $words ) {
			$fields[ "openai.functions.$function.model" ] = array( $words, 'text', $empty );
		}
		$fields['openai.functions.generate_images.model'] = array( __( 'Describe images', 'igny8' ), 'text', __( 'Thinks up what the images show. Who makes them is said under “Images”.', 'igny8' ) );
		return $fields;
	}

	/**
	 * How articles sound.
	 */
	private static function brand(): array {
		return array(
			'brand.language' => array( __( 'Language', 'igny8' ), 'text', __( 'The language of articles, titles and alternative texts, for instance “English” or “Deutsch”.', 'igny8' ) ),
			'brand.tone'     => array( __( 'Voice', 'igny8' ), 'textarea', __( 'How this site speaks: friendly or formal, first or third person, words to use and to avoid.', 'igny8' ) ),
			'brand.audience' => array( __( 'Readers', 'igny8' ), 'textarea', __( 'Who reads this site, and what they know already.', 'igny8' ) ),
		);
	}

	/**
	 * Which pictures an article gets.
	 */
	private static function images(): array {
		$counts = array_combine( range( 0, 6 ), array_map( 'strval', range( 0, 6 ) ) );
		return array(
			'image_generation.featured'          => array( __( 'Featured image', 'igny8' ), 'bool', __( 'Every new article gets one.', 'igny8' ) ),
			'image_generation.in_article_images' => array( __( 'Images inside an article', 'igny8' ), 'number-select', __( 'One for each of the first sections. Each costs as much as a featured image.', 'igny8' ), $counts ),
			'image_generation.mobile_images'     => array( __( 'Own images for phones', 'igny8' ), 'bool', __( 'Doubles the number of images inside an article.', 'igny8' ) ),
			'image_generation.provider'          => array( __( 'Provider', 'igny8' ), 'select', __( 'Who makes the images.', 'igny8' ), array( 'openai' => 'OpenAI', 'runware' => 'Runware' ) ), // phpcs:ignore WordPress.Arrays
			'image_generation.model'             => array( __( 'Image model', 'igny8' ), 'text', __( 'Name of the model as its provider writes it. Left empty, the service decides.', 'igny8' ) ),
			'image_generation.quality'           => array(
				__( 'Quality', 'igny8' ),
				'select',
				__( 'Better images cost more.', 'igny8' ),
				array(
					'low'    => __( 'Low', 'igny8' ),
					'medium' => __( 'Medium', 'igny8' ),
					'high'   => __( 'High', 'igny8' ),
				),
			),
		);
	}

	/**
	 * How articles become posts.
	 */
	private static function publishing(): array {
		return array(
			'publishing.auto'         => array( __( 'Deliver by itself', 'igny8' ), 'bool', __( 'A finished article becomes a post without another click, in the state below.', 'igny8' ) ),
			'publishing.status'       => array(
				__( 'New posts are', 'igny8' ),
				'select',
				__( 'Drafts and posts that wait for review are seen by nobody else until you publish them.', 'igny8' ),
				array(
					'draft'   => __( 'drafts', 'igny8' ),
					'pending' => __( 'waiting for review', 'igny8' ),
					'publish' => __( 'public at once', 'igny8' ),
				),
			),
			'publishing.approve_first' => array( __( 'Only after approval', 'igny8' ), 'bool', __( 'A finished article waits until somebody has approved it.', 'igny8' ) ),
			'publishing.slots'        => array( __( 'Times of day', 'igny8' ), 'list', __( 'When public posts go out, for instance “09:00, 17:30”, in this site’s time zone. One article each. Left empty, there are no fixed times.', 'igny8' ) ),
			'publishing.weekdays'     => array( __( 'Days of the week', 'igny8' ), 'list', __( 'Some of mon, tue, wed, thu, fri, sat, sun. Left empty, every day.', 'igny8' ) ),
			'publishing.drip_minutes' => array( __( 'Minutes between two posts', 'igny8' ), 'number', __( 'Without times of day, public posts keep at least this distance. 0 means none.', 'igny8' ) ),
			'publishing.daily_max'    => array( __( 'At most a day', 'igny8' ), 'number', __( 'No more posts go public on one day. 0 means no limit.', 'igny8' ) ),
			'publishing.moderation'   => array( __( 'Check texts before they go public', 'igny8' ), 'bool', __( 'A text that the provider’s moderation refuses is not published.', 'igny8' ) ),
			'publishing.categories'   => array( __( 'Categories for every post', 'igny8' ), 'list', __( 'Names, separated by commas. Articles suggest further ones.', 'igny8' ) ),
			'publishing.create_terms' => array( __( 'May make new categories and tags', 'igny8' ), 'bool', __( 'Otherwise only those are used that this site has already.', 'igny8' ) ),
			'publishing.internal_links' => array( __( 'Internal links in an article', 'igny8' ), 'number-select', __( 'At most so many words of an article lead to other public posts of this site. 0 = none.', 'igny8' ), array_map( 'strval', range( 0, 10 ) ) ),
			'publishing.post_type'    => array( __( 'Post type', 'igny8' ), 'text', __( 'Usually “post”.', 'igny8' ) ),
			'publishing.author'       => array( __( 'Author', 'igny8' ), 'text', __( 'User name of the author of new posts. Empty: who connected this site.', 'igny8' ) ),
		);
	}

	/**
	 * What may be spent.
	 */
	private static function budgets(): array {
		$none = __( 'In US dollars. Left empty, this site has no such cap; those of the account hold in any case.', 'igny8' );
		return array(
			'budget.run_usd'   => array( __( 'At most for one run', 'igny8' ), 'money', $none ),
			'budget.day_usd'   => array( __( 'At most a day', 'igny8' ), 'money', $none ),
			'budget.month_usd' => array( __( 'At most a month', 'igny8' ), 'money', $none ),
		);
	}
}
