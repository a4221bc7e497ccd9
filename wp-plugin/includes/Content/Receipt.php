<?php
/**
 * The receipt of a delivery: field by field, what WordPress really stored.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * States of a field: applied, altered, kept (as a person set it), ignored, failed.
 */
final class Receipt {

	/**
	 * The facts about a post, with the fields of its last delivery.
	 *
	 * @param WP_Post $post    Post of ours.
	 * @param bool    $created Whether this very call made it.
	 */
	public static function of( WP_Post $post, bool $created ): array {
		$pushed = get_post_meta( $post->ID, Meta::PUSHED, true );
		$pushed = is_array( $pushed ) ? $pushed : array();
		return array(
			'id'           => $post->ID,
			'created'      => $created,
			'status'       => $post->post_status,
			'link'         => get_permalink( $post ),
			'slug'         => $post->post_name,
			'edit_link'    => self::edit_link( $post->ID ),
			'modified_gmt' => self::modified( $post ),
			'sha'          => Post_Guard::sha( $post ),
			'changed'      => Post_Guard::changes( $post ),
			'fields'       => (object) ( $pushed['fields'] ?? array() ),
			'dropped'      => $pushed['dropped'] ?? array(),
		);
	}

	/**
	 * The facts about a post, with its text as it is stored.
	 *
	 * @param WP_Post $post Post of ours.
	 */
	public static function full( WP_Post $post ): array {
		return self::of( $post, false ) + self::text( $post ) + self::last_editor( $post );
	}

	/**
	 * The words of a post as they are stored.
	 */
	public static function text( WP_Post $post ): array {
		return array(
			'title'   => $post->post_title,
			'content' => $post->post_content,
			'excerpt' => $post->post_excerpt,
		);
	}

	/**
	 * Who edited the post last, '' when nobody did.
	 */
	public static function last_editor( WP_Post $post ): array {
		$editor = get_userdata( (int) get_post_meta( $post->ID, '_edit_last', true ) );
		return array( 'modified_by' => $editor ? $editor->display_name : '' );
	}

	/**
	 * Whether the images stand in the stored text, with the words for those who cannot see them.
	 *
	 * @param string  $stored Text of the post.
	 * @param array[] $images {sha256, id, alt} of each image that was sent.
	 * @return array {state, missing: string[], without_alt: string[]}
	 */
	public static function images( string $stored, array $images ): array {
		preg_match_all( '/<img\b[^>]*\bwp-image-(\d+)\b[^>]*>/i', $stored, $found );
		$tags    = array_combine( $found[1], $found[0] );
		$missing = array();
		$mute    = array();
		foreach ( $images as $image ) {
			if ( ! isset( $tags[ $image['id'] ] ) ) {
				$missing[] = $image['sha256'];
			} elseif ( ! empty( $image['alt'] ) && ! preg_match( '/\balt="[^"]+"/', $tags[ $image['id'] ] ) ) {
				$mute[] = $image['sha256'];
			}
		}
		return array(
			'state'       => $missing || $mute ? 'failed' : 'applied',
			'missing'     => $missing,
			'without_alt' => $mute,
		);
	}

	/**
	 * Whether a field of the last delivery could not be written.
	 *
	 * @param array $fields State, or {state, …}, by field.
	 */
	public static function has_failure( array $fields ): bool {
		$states = array_map( static fn( $field ) => is_array( $field ) ? ( $field['state'] ?? '' ) : $field, $fields );
		return in_array( 'failed', $states, true );
	}

	/**
	 * States of the fields that live in the post's own row.
	 *
	 * @param WP_Post $post     As stored.
	 * @param array   $document As sent.
	 */
	public static function columns( WP_Post $post, array $document ): array {
		$fields = array(
			'title'   => self::state( self::plain( $document['title'] ), self::plain( $post->post_title ) ),
			'content' => self::state( self::same_markup( $document['content'] ), self::same_markup( $post->post_content ) ),
			'status'  => self::status( $post, $document ),
		);
		if ( isset( $document['slug'] ) ) {
			$fields['slug'] = self::state( sanitize_title( $document['slug'] ), $post->post_name );
		}
		if ( isset( $document['excerpt'] ) ) {
			$fields['excerpt'] = self::state( self::plain( $document['excerpt'] ), self::plain( $post->post_excerpt ) );
		}
		if ( isset( $document['date_gmt'] ) ) {
			$fields['date_gmt'] = self::state( rest_parse_date( $document['date_gmt'] ), strtotime( $post->post_date_gmt . ' UTC' ) );
		}
		return $fields;
	}

	/**
	 * Whether the post has the wanted author.
	 *
	 * @param WP_Post $post   As stored.
	 * @param string  $wanted Login or id.
	 */
	public static function author( WP_Post $post, string $wanted ): string {
		$user = get_userdata( (int) $post->post_author );
		return $user && in_array( $wanted, array( (string) $user->ID, $user->user_login ), true ) ? 'applied' : 'altered';
	}

	/**
	 * Tags and attributes that were sent but not stored, e.g. "script", "a@onclick".
	 *
	 * @return string[]
	 */
	public static function dropped( string $sent, string $stored ): array {
		$before = self::inventory( $sent );
		$after  = self::inventory( $stored );
		$less   = array_filter( $before, static fn( $count, $name ) => $count > ( $after[ $name ] ?? 0 ), ARRAY_FILTER_USE_BOTH );
		return array_slice( array_map( 'strval', array_keys( $less ) ), 0, 100 );
	}

	/**
	 * When the post was last changed, in ISO 8601; the UTC column of a fresh draft is empty, so it is not used.
	 */
	public static function modified( WP_Post $post ): string {
		return gmdate( 'Y-m-d\TH:i:s\Z', (int) get_post_timestamp( $post, 'modified' ) );
	}

	/**
	 * Address of the editor, also for callers that may not edit.
	 */
	public static function edit_link( int $post_id ): string {
		return admin_url( 'post.php?post=' . $post_id . '&action=edit' );
	}

	/**
	 * WordPress decides between publish and future by the date; both directions are as asked.
	 */
	private static function status( WP_Post $post, array $document ): string {
		if ( $document['status'] === $post->post_status ) {
			return 'applied';
		}
		$by_date = array( 'publish', 'future' );
		return in_array( $document['status'], $by_date, true ) && in_array( $post->post_status, $by_date, true ) ? 'altered' : 'ignored';
	}

	/**
	 * Equal is applied.
	 *
	 * @param mixed $sent   Wanted.
	 * @param mixed $stored Found.
	 */
	private static function state( $sent, $stored ): string {
		return $sent === $stored ? 'applied' : 'altered';
	}

	/**
	 * Text without the entities WordPress may add.
	 */
	private static function plain( string $text ): string {
		return trim( wp_specialchars_decode( $text, ENT_QUOTES ) );
	}

	/**
	 * Markup without the blank that kses puts before "/>".
	 */
	private static function same_markup( string $markup ): string {
		return trim( preg_replace( '#\s*/>#', '/>', str_replace( "\r\n", "\n", $markup ) ) );
	}

	/**
	 * Counts tags and attributes.
	 *
	 * @return int[] Count by "tag" and "tag@attribute".
	 */
	private static function inventory( string $markup ): array {
		$counts = array();
		$markup = preg_replace( '/<!--.*?-->/s', '', $markup );
		preg_match_all( '/<([a-z][a-z0-9:-]*)\b((?:[^<>"\']|"[^"]*"|\'[^\']*\')*)>/i', (string) $markup, $tags, PREG_SET_ORDER );
		foreach ( $tags as $tag ) {
			$name            = strtolower( $tag[1] );
			$counts[ $name ] = ( $counts[ $name ] ?? 0 ) + 1;
			preg_match_all( '/\s([a-z_:][a-z0-9_:.-]*)(?==|\s|\/|$)(?:\s*=\s*(?:"[^"]*"|\'[^\']*\'|[^\s"\'>]+))?/i', $tag[2], $attributes );
			foreach ( array_unique( array_map( 'strtolower', $attributes[1] ) ) as $attribute ) {
				$key            = $name . '@' . $attribute;
				$counts[ $key ] = ( $counts[ $key ] ?? 0 ) + 1;
			}
		}
		return $counts;
	}
}
