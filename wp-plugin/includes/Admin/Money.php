<?php
/**
 * Amounts of money in words.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Dollars, as the backend counts them.
 */
final class Money {

	/**
	 * An amount; null is a price that is not known, never nothing.
	 *
	 * @param mixed $usd Of the backend.
	 */
	public static function text( $usd ): string {
		if ( ! is_numeric( $usd ) ) {
			return __( 'price not known', 'igny8' );
		}
		return '$' . number_format_i18n( (float) $usd, $usd > 0 && $usd < 0.01 ? 4 : 2 );
	}

	/**
	 * A cap and how far it is used.
	 *
	 * @param array $cap Of the backend.
	 */
	public static function cap( array $cap ): string {
		$periods = array(
			'run'   => __( 'for one run', 'igny8' ),
			'day'   => __( 'today', 'igny8' ),
			'month' => __( 'this month', 'igny8' ),
		);
		$whose   = 'site' === ( $cap['scope'] ?? '' ) ? __( 'This site', 'igny8' ) : __( 'Account', 'igny8' );
		$period  = $periods[ $cap['period'] ?? '' ] ?? '';
		/* translators: 1: whose budget, 2: amount used, 3: cap, 4: period such as "today". */
		return sprintf( __( '%1$s: %2$s of %3$s %4$s', 'igny8' ), $whose, self::text( $cap['used_usd'] ?? 0 ), self::text( $cap['cap_usd'] ), $period );
	}
}
