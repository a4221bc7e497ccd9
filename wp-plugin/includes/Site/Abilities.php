<?php
/**
 * Abilities (WordPress 6.9 and later): what other programs may ask this site to do with IGNY8.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Connection;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * The hooks never fire on older versions.
 */
final class Abilities {

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_action( 'wp_abilities_api_categories_init', array( __CLASS__, 'category' ) );
		add_action( 'wp_abilities_api_init', array( __CLASS__, 'register' ) );
	}

	/**
	 * The category of ours.
	 */
	public static function category(): void {
		wp_register_ability_category( // phpcs:ignore -- only called where it exists.
			'igny8',
			array(
				'label'       => 'IGNY8',
				'description' => __( 'Turns keywords and ideas into posts.', 'igny8' ),
			)
		);
	}

	/**
	 * Registers the abilities.
	 */
	public static function register(): void {
		$id = array(
			'type'   => 'string',
			'format' => 'uuid',
		);
		self::add(
			'generate-content',
			__( 'Generate content', 'igny8' ),
			__( 'Starts writing the article of a task and answers the id of the run.', 'igny8' ),
			array( 'task_id' => $id ),
			array( __CLASS__, 'generate' ),
			false
		);
		self::add(
			'get-run',
			__( 'Get a run', 'igny8' ),
			__( 'Tells state, percentage and result of a run.', 'igny8' ),
			array( 'run_id' => $id ),
			static fn( $input ) => Client::of_site()->get( '/v1/system/tasks/' . $input['run_id'] . '/status/' ),
			true
		);
	}

	/**
	 * Registers one ability.
	 */
	private static function add( string $name, string $label, string $description, array $fields, callable $execute, bool $is_reading ): void {
		wp_register_ability( // phpcs:ignore -- only called where it exists.
			'igny8/' . $name,
			array(
				'label'               => $label,
				'description'         => $description,
				'category'            => 'igny8',
				'input_schema'        => array(
					'type'                 => 'object',
					'properties'           => $fields,
					'required'             => array_keys( $fields ),
					'additionalProperties' => false,
				),
				'output_schema'       => array( 'type' => 'object' ),
				'execute_callback'    => $execute,
				'permission_callback' => static fn() => current_user_can( Capabilities::GENERATE ),
				'meta'                => array(
					'public'       => true,
					'show_in_rest' => true,
					'annotations'  => array( 'readonly' => $is_reading ),
				),
			)
		);
	}

	/**
	 * Starts writing; publishing is left to those who may.
	 *
	 * @param array $input {task_id}.
	 * @return array|WP_Error
	 */
	public static function generate( $input ) {
		$body = array( 'ids' => array( $input['task_id'] ) );
		if ( ! current_user_can( Capabilities::PUBLISH ) ) {
			$body['options'] = array( 'publish' => false );
		}
		return Client::of_site()->write( 'POST', '/v1/writer/tasks/auto_generate_content/', $body, str_replace( '-', '', wp_generate_uuid4() ) );
	}
}
