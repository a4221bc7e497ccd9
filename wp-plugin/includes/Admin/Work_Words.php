<?php
/**
 * What work is called.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Names runs and deliveries after what they do and what they are about.
 */
final class Work_Words {

	/**
	 * Words by AI function, as the backend calls it.
	 *
	 * @return string[]
	 */
	public static function functions(): array {
		return array(
			'auto_cluster'     => __( 'Cluster keywords', 'igny8' ),
			'generate_ideas'   => __( 'Generate ideas', 'igny8' ),
			'generate_content' => __( 'Generate content', 'igny8' ),
			'generate_images'  => __( 'Generate images', 'igny8' ),
		);
	}

	/**
	 * The same with what is done with posts.
	 *
	 * @return string[]
	 */
	public static function all(): array {
		return self::functions() + array(
			'publish' => __( 'Send to this site', 'igny8' ),
			'trash'   => __( 'Move to the trash', 'igny8' ),
		);
	}

	/**
	 * A run or delivery by name.
	 *
	 * @param array $work Of the backend's activity: {function, title, count, proposal}.
	 */
	public static function name( array $work ): string {
		$function = (string) ( $work['function'] ?? '' );
		$verb     = empty( $work['proposal'] ) ? self::all()[ $function ] ?? $function : __( 'Write anew', 'igny8' );
		$about    = (string) ( $work['title'] ?? '' );
		$count    = (int) ( $work['count'] ?? 0 );
		if ( '' === $about && $count > 1 ) {
			/* translators: %s: number of rows. */
			$about = sprintf( _n( '%s item', '%s items', $count, 'igny8' ), number_format_i18n( $count ) );
		}
		/* translators: 1: what is done, 2: what it is done with. */
		return '' === $about ? $verb : sprintf( __( '%1$s: %2$s', 'igny8' ), $verb, $about );
	}
}
