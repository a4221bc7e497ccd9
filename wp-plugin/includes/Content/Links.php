<?php
/**
 * Internal links of a delivery, looked at once more by the site that knows its posts best.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use Igny8\Site_Index;

defined( 'ABSPATH' ) || exit;

/**
 * A link whose post is not public any more is not written; its words stay.
 */
final class Links {

	/**
	 * Posts that the document links to and that nobody can read now.
	 *
	 * @param array $document Valid document.
	 * @return int[]
	 */
	public static function gone( array $document ): array {
		$ids = array_map( 'intval', array_column( $document['links'] ?? array(), 'post_id' ) );
		return array_values( array_filter( $ids, static fn( $id ) => ! Site_Index::is_live( get_post( $id ) ) ) );
	}

	/**
	 * The text without links to these posts.
	 *
	 * @param array $document Valid document.
	 * @param int[] $gone     Posts.
	 */
	public static function without( array $document, array $gone ): string {
		$text = $document['content'];
		foreach ( $document['links'] as $link ) {
			if ( in_array( (int) $link['post_id'], $gone, true ) ) {
				$open = '<a href="' . str_replace( '&', '&amp;', $link['url'] ) . '">';
				$text = preg_replace( '#' . preg_quote( $open, '#' ) . '([^<]*)</a>#', '$1', $text, 1 );
			}
		}
		return $text;
	}

	/**
	 * What the receipt says of the links.
	 *
	 * @param int[] $gone Posts.
	 */
	public static function field( array $gone ): array {
		return array(
			'state' => $gone ? 'altered' : 'applied',
			'gone'  => $gone,
		);
	}
}
