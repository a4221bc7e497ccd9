<?php
/**
 * Two texts compared as a person reads them: line by line, without markup.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use Text_Diff;

defined( 'ABSPATH' ) || exit;

/**
 * With the comparison that WordPress uses for revisions. Pictures are left out: a delivery puts them in anew.
 */
final class Difference {

	const SAME    = 'same';
	const REMOVED = 'removed';
	const ADDED   = 'added';
	const GAP     = 'gap';

	/** Unchanged lines that are shown on either side of a change. */
	const AROUND    = 1;
	const MAX_LINES = 2000;

	/**
	 * What has to happen to $before for it to read like $after.
	 *
	 * @return array[] Lines as {kind, text}; [] when both read alike.
	 */
	public static function between( string $before, string $after ): array {
		require_once ABSPATH . WPINC . '/wp-diff.php';
		$diff  = new Text_Diff( 'native', array( self::lines( $before ), self::lines( $after ) ) );
		$lines = array();
		foreach ( $diff->isEmpty() ? array() : $diff->getDiff() as $part ) {
			$is_copy = $part instanceof \Text_Diff_Op_copy;
			$kept    = $is_copy ? self::shortened( $part->orig ) : array();
			$lines   = array_merge( $lines, $kept, $is_copy ? array() : self::marked( self::REMOVED, $part->orig ), $is_copy ? array() : self::marked( self::ADDED, $part->final ) );
		}
		return $lines;
	}

	/**
	 * The words of a text, one line a paragraph, heading, list item or table row.
	 *
	 * @return string[]
	 */
	public static function lines( string $markup ): array {
		$text  = preg_replace( '/<!--.*?-->/s', '', $markup );
		$text  = preg_replace( '/\s+/u', ' ', preg_match( '/<p[\s>]/i', (string) $text ) ? (string) $text : wpautop( (string) $text ) );
		$text  = preg_replace( '#<figure\b(?:(?!</figure>).)*<img\b(?:(?!</figure>).)*</figure>|<img\b[^>]*>#is', '', (string) $text );
		$text  = preg_replace( '#</?(p|h[1-6]|li|ul|ol|tr|pre|blockquote|figure|figcaption|summary|details|div|hr|br)\b[^>]*>#i', "\n", (string) $text );
		$text  = html_entity_decode( wp_strip_all_tags( (string) $text ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
		$lines = array_map( 'trim', explode( "\n", $text ) );
		return array_slice( array_values( array_filter( $lines, 'strlen' ) ), 0, self::MAX_LINES );
	}

	/**
	 * The ends of a long unchanged part.
	 *
	 * @param string[] $lines Unchanged.
	 */
	private static function shortened( array $lines ): array {
		if ( count( $lines ) <= 2 * self::AROUND + 1 ) {
			return self::marked( self::SAME, $lines );
		}
		return array_merge(
			self::marked( self::SAME, array_slice( $lines, 0, self::AROUND ) ),
			self::marked( self::GAP, array( '…' ) ),
			self::marked( self::SAME, array_slice( $lines, -self::AROUND ) )
		);
	}

	/**
	 * Lines with what becomes of them.
	 *
	 * @param string         $kind  One of the constants.
	 * @param string[]|false $lines False where there are none.
	 */
	private static function marked( string $kind, $lines ): array {
		return array_map(
			static fn( $line ) => array(
				'kind' => $kind,
				'text' => $line,
			),
			$lines ? $lines : array()
		);
	}
}
