<?php
/**
 * One section of the service's settings as a form; settings.js sends what was changed.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * Draws fields from the table of Settings_Fields.
 */
final class Settings_Form {

	/**
	 * Draws a section.
	 */
	public static function render( string $section ): void {
		$answer = Client::of_site()->get( '/v1/system/settings/', array(), false );
		if ( is_wp_error( $answer ) ) {
			Screen::failure( $answer );
			return;
		}
		foreach ( array_filter( (array) ( $answer['warnings'] ?? array() ), 'is_string' ) as $warning ) {
			Screen::notice( 'warning', $warning );
		}
		echo '<form class="igny8-settings" autocomplete="off"><table class="form-table" role="presentation"><tbody>';
		foreach ( Settings_Fields::of( $section ) as $path => $field ) {
			self::row( $path, $field, self::value( (array) ( $answer['settings'] ?? array() ), $path ) );
		}
		printf(
			'</tbody></table><p class="igny8-buttons"><button type="submit" class="button button-primary" disabled>%s</button> <span class="igny8-form-answer" role="status"></span></p></form>',
			esc_html__( 'Save changes', 'igny8' )
		);
	}

	/**
	 * The value a path leads to.
	 *
	 * @return mixed
	 */
	private static function value( array $settings, string $path ) {
		$value = $settings;
		foreach ( explode( '.', $path ) as $name ) {
			$value = is_array( $value ) ? $value[ $name ] ?? null : null;
		}
		return $value;
	}

	/**
	 * One field with its explanation.
	 *
	 * @param string $path  Where it is kept.
	 * @param array  $field {label, kind, explanation, choices}.
	 * @param mixed  $value Present value.
	 */
	private static function row( string $path, array $field, $value ): void {
		list( $label, $kind, $help ) = $field;
		$id = 'igny8-' . str_replace( '.', '-', $path );
		printf( '<tr><th scope="row"><label for="%s">%s</label></th><td>', esc_attr( $id ), esc_html( $label ) );
		self::input( $id, $path, $kind, $value, $field[3] ?? array() );
		printf( '<p class="description" id="%s-help">%s</p><p class="igny8-form-answer" data-problem="%s" role="alert"></p></td></tr>', esc_attr( $id ), esc_html( $help ), esc_attr( $path ) );
	}

	/**
	 * The field itself.
	 *
	 * @param mixed    $value   Present value.
	 * @param string[] $choices Words by value.
	 */
	private static function input( string $id, string $path, string $kind, $value, array $choices ): void {
		$about = sprintf( 'id="%s" name="%s" data-kind="%s" aria-describedby="%s-help"', esc_attr( $id ), esc_attr( $path ), esc_attr( $kind ), esc_attr( $id ) );
		$text  = is_array( $value ) ? implode( ', ', $value ) : (string) ( $value ?? '' );
		// phpcs:disable WordPress.Security.EscapeOutput -- $about is escaped above.
		if ( 'bool' === $kind ) {
			printf( '<input type="checkbox" %s%s>', $about, checked( $value, true, false ) );
		} elseif ( $choices ) {
			printf( '<select %s>', $about );
			foreach ( $choices as $choice => $words ) {
				printf( '<option value="%s"%s>%s</option>', esc_attr( (string) $choice ), selected( $text, (string) $choice, false ), esc_html( $words ) );
			}
			echo '</select>';
		} elseif ( 'textarea' === $kind ) {
			printf( '<textarea %s rows="4" class="large-text" maxlength="2000" dir="auto">%s</textarea>', $about, esc_textarea( $text ) );
		} elseif ( 'number' === $kind ) {
			printf( '<input type="number" %s min="0" step="1" class="small-text" value="%s">', $about, esc_attr( $text ) );
		} elseif ( 'money' === $kind ) {
			printf( '<input type="number" %s min="0" step="0.01" class="small-text" value="%s">', $about, esc_attr( $text ) );
		} else {
			printf( '<input type="text" %s class="regular-text" dir="auto" value="%s">', $about, esc_attr( $text ) );
		}
		// phpcs:enable
	}
}
