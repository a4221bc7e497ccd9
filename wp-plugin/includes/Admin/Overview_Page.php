<?php
/**
 * The Overview screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * How much there is of everything, and what comes next.
 */
final class Overview_Page {

	/**
	 * Draws the screen.
	 */
	public static function render(): void {
		Screen::open( __( 'Overview', 'igny8' ) );
		if ( Screen::is_connected() ) {
			self::pipeline();
		}
		Screen::close();
	}

	/**
	 * From keywords to posts: what is there, what waits.
	 */
	private static function pipeline(): void {
		$stages = array(
			array( __( 'Keywords', 'igny8' ), Menu::KEYWORDS, '/v1/planner/keywords/' ),
			array( __( 'Clusters', 'igny8' ), Menu::CLUSTERS, '/v1/planner/clusters/' ),
			array( __( 'Ideas', 'igny8' ), Menu::IDEAS, '/v1/planner/ideas/' ),
			array( __( 'Tasks', 'igny8' ), Menu::TASKS, '/v1/writer/tasks/' ),
			array( __( 'Content', 'igny8' ), Menu::CONTENTS, '/v1/writer/content/' ),
			array( __( 'Images', 'igny8' ), Menu::IMAGES, '/v1/writer/images/' ),
		);
		echo '<ol class="igny8-pipeline">';
		foreach ( $stages as list( $title, $slug, $path ) ) {
			$answer = Client::of_site()->get( $path, array( 'page_size' => 1 ), false );
			$count  = is_wp_error( $answer ) ? '—' : number_format_i18n( (int) ( $answer['count'] ?? 0 ) );
			printf( '<li><a href="%s"><span>%s</span> <strong>%s</strong></a></li>', esc_url( Menu::url( $slug ) ), esc_html( $title ), esc_html( $count ) );
		}
		echo '</ol>';
	}
}
