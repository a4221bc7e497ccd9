<?php
/**
 * The settings' section that hands out capabilities by role.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;

defined( 'ABSPATH' ) || exit;

/**
 * A table of roles and what they may do; settings.js sends it.
 */
final class Roles_Section {

	/**
	 * What each capability allows.
	 *
	 * @return string[]
	 */
	private static function words(): array {
		return array(
			Capabilities::PLAN     => __( 'Plan: keywords, clusters, ideas, tasks', 'igny8' ),
			Capabilities::GENERATE => __( 'Generate: start what costs money', 'igny8' ),
			Capabilities::PUBLISH  => __( 'Review and publish', 'igny8' ),
			Capabilities::MANAGE   => __( 'Administer: settings, connection, roles', 'igny8' ),
		);
	}

	/**
	 * Draws the section.
	 */
	public static function render(): void {
		$chosen = Capabilities::chosen();
		printf( '<form class="igny8-roles" autocomplete="off"><p>%s</p>', esc_html__( 'Who may do any of this also sees the screens of IGNY8. Administrators may do everything.', 'igny8' ) );
		printf( '<div class="igny8-scroll"><table class="widefat striped"><caption class="screen-reader-text">%s</caption><thead><tr><th scope="col">%s</th>', esc_html__( 'What each role may do', 'igny8' ), esc_html__( 'Role', 'igny8' ) );
		foreach ( self::words() as $words ) {
			printf( '<th scope="col">%s</th>', esc_html( $words ) );
		}
		echo '</tr></thead><tbody>';
		foreach ( Capabilities::roles() as $role => $name ) {
			printf( '<tr><th scope="row">%s</th>', esc_html( $name ) );
			foreach ( self::words() as $cap => $words ) {
				$checked = in_array( $cap, $chosen[ $role ] ?? array(), true );
				printf( '<td><input type="checkbox" name="%1$s" value="%2$s" aria-label="%3$s"%4$s%5$s></td>', esc_attr( $role ), esc_attr( $cap ), esc_attr( $name . ': ' . $words ), checked( $checked, true, false ), disabled( 'administrator', $role, false ) );
			}
			echo '</tr>';
		}
		printf( '</tbody></table></div><p class="igny8-buttons"><button type="submit" class="button button-primary" disabled>%s</button> <span class="igny8-form-answer" role="status"></span></p></form>', esc_html__( 'Save changes', 'igny8' ) );
	}
}
