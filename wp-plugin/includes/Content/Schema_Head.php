<?php
/**
 * What search engines are told of a post in their own words: schema.org's Article and FAQPage, as JSON-LD in the head.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use Igny8\Service_User;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * The article is left to an SEO plugin where there is one; the questions are not, unless it knows them too.
 */
final class Schema_Head {

	/** Blocks of SEO plugins that tell of questions themselves. */
	const FAQ_BLOCKS = array( 'yoast/faq-block', 'rank-math/faq-block', 'aioseo/faq', 'wpseopress/faq-block', 'wpseopress/faq-block-v2' );

	const RANK_MATH_FAQ = 'rank_math_schema_FAQPage';

	/**
	 * Stores the questions of an article.
	 *
	 * @param int     $post_id Post.
	 * @param array[] $faq     {question, answer} of each.
	 * @return array {state}
	 */
	public static function keep( int $post_id, array $faq ): array {
		if ( $faq ) {
			update_post_meta( $post_id, Meta::FAQ, wp_slash( $faq ) );
		} else {
			delete_post_meta( $post_id, Meta::FAQ );
		}
		return array( 'state' => self::questions( $post_id ) === $faq ? 'applied' : 'failed' );
	}

	/**
	 * Prints what there is to tell.
	 */
	public static function render(): void {
		$post = Seo_Head::post();
		/**
		 * Lets a site change what is told of a post, or tell nothing.
		 *
		 * @param array[] $nodes Of schema.org.
		 * @param WP_Post $post  The post being shown.
		 */
		$nodes = $post ? (array) apply_filters( 'igny8_schema', self::nodes( $post ), $post ) : array();
		if ( $nodes ) {
			$graph = array(
				'@context' => 'https://schema.org',
				'@graph'   => $nodes,
			);
			printf( "<script type=\"application/ld+json\">%s</script>\n", wp_json_encode( $graph, JSON_HEX_TAG | JSON_HEX_AMP | JSON_UNESCAPED_SLASHES ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- no tag can end in it.
		}
	}

	/**
	 * The article, where nobody else tells of it, and its questions.
	 *
	 * @return array[]
	 */
	private static function nodes( WP_Post $post ): array {
		$nodes = 'none' === Seo::plugin() ? array( self::article( $post ) ) : array();
		$pairs = self::has_other_faq( $post ) ? array() : self::visible( $post );
		if ( $pairs ) {
			$nodes[] = array(
				'@type'      => 'FAQPage',
				'@id'        => get_permalink( $post ) . '#faq',
				'mainEntity' => array_map( array( __CLASS__, 'question' ), $pairs ),
			);
		}
		return $nodes;
	}

	/**
	 * The post as an Article.
	 */
	private static function article( WP_Post $post ): array {
		$about = (string) get_post_meta( $post->ID, Meta::SEO_DESCRIPTION, true );
		$about = '' === $about ? $post->post_excerpt : $about;
		return array_filter(
			array(
				'@type'            => 'Article',
				'@id'              => get_permalink( $post ) . '#article',
				'mainEntityOfPage' => get_permalink( $post ),
				'headline'         => self::plain( get_the_title( $post ) ),
				'description'      => self::plain( $about ),
				'image'            => self::images( $post ),
				'datePublished'    => get_post_datetime( $post, 'date' )->format( 'c' ),
				'dateModified'     => get_post_datetime( $post, 'modified' )->format( 'c' ),
				'author'           => self::author( $post ),
				'publisher'        => self::publisher(),
				'inLanguage'       => get_bloginfo( 'language' ),
			)
		);
	}

	/**
	 * Addresses of the featured image and of those in the text.
	 *
	 * @return string[]
	 */
	private static function images( WP_Post $post ): array {
		preg_match_all( '/\bwp-image-(\d+)\b/', $post->post_content, $inside );
		$ids = array_unique( array_filter( array_map( 'intval', array_merge( array( get_post_thumbnail_id( $post ) ), $inside[1] ) ) ) );
		return array_values( array_filter( array_map( static fn( $id ) => (string) wp_get_attachment_image_url( $id, 'full' ), $ids ) ) );
	}

	/**
	 * Who wrote it; the site itself where that is only our service user.
	 */
	private static function author( WP_Post $post ): array {
		$user    = get_userdata( (int) $post->post_author );
		$service = Service_User::find();
		if ( ! $user || ( $service && $service->ID === $user->ID ) ) {
			return self::publisher();
		}
		return array(
			'@type' => 'Person',
			'name'  => self::plain( $user->display_name ),
			'url'   => get_author_posts_url( $user->ID, $user->user_nicename ),
		);
	}

	/**
	 * The site.
	 */
	private static function publisher(): array {
		$name = self::plain( get_bloginfo( 'name' ) );
		return array_filter(
			array(
				'@type' => 'Organization',
				'name'  => '' === $name ? (string) wp_parse_url( home_url(), PHP_URL_HOST ) : $name,
				'url'   => home_url( '/' ),
				'logo'  => get_site_icon_url(),
			)
		);
	}

	/**
	 * One answered question; search engines read the answer as HTML.
	 *
	 * @param array $pair {question, answer}.
	 */
	private static function question( array $pair ): array {
		return array(
			'@type'          => 'Question',
			'name'           => $pair['question'],
			'acceptedAnswer' => array(
				'@type' => 'Answer',
				'text'  => htmlspecialchars( $pair['answer'], ENT_NOQUOTES, 'UTF-8' ),
			),
		);
	}

	/**
	 * The questions that readers still find in the post with their answers.
	 *
	 * @return array[]
	 */
	private static function visible( WP_Post $post ): array {
		$text = self::squeeze( html_entity_decode( wp_strip_all_tags( $post->post_content ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
		$has  = static fn( string $words ) => '' !== self::squeeze( $words ) && false !== strpos( $text, self::squeeze( $words ) );
		return array_values( array_filter( self::questions( $post->ID ), static fn( $pair ) => $has( $pair['question'] ) && $has( $pair['answer'] ) ) );
	}

	/**
	 * The questions of the last delivery.
	 *
	 * @return array[]
	 */
	private static function questions( int $post_id ): array {
		$faq = get_post_meta( $post_id, Meta::FAQ, true );
		return is_array( $faq ) ? $faq : array();
	}

	/**
	 * Whether an SEO plugin tells of questions in this post.
	 */
	private static function has_other_faq( WP_Post $post ): bool {
		$blocks = array_filter( self::FAQ_BLOCKS, static fn( $name ) => has_block( $name, $post ) );
		return $blocks || ( 'rankmath' === Seo::plugin() && metadata_exists( 'post', $post->ID, self::RANK_MATH_FAQ ) );
	}

	/**
	 * Text without markup and entities.
	 */
	private static function plain( string $text ): string {
		return trim( html_entity_decode( wp_strip_all_tags( $text ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
	}

	/**
	 * Text without any white space, for comparing.
	 */
	private static function squeeze( string $text ): string {
		return (string) preg_replace( '/[\s\x{00A0}\x{200B}\x{2060}]+/u', '', $text );
	}
}
