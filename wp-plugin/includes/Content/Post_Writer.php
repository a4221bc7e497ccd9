<?php
/**
 * Makes or updates the one post that belongs to a content id.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Error;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Lock → look up → guard → write with core's functions → read back; independent of how the document arrived.
 */
final class Post_Writer {

	/** Identity in the same INSERT as the post itself: found even if the request died before the meta. */
	const GUID = 'urn:uuid:';

	const LIVE = array( 'publish', 'future', 'private' );

	/**
	 * How many writes of ours are under way in this process.
	 *
	 * @var int
	 */
	private static $writing = 0;

	/**
	 * Whether a change of a post is our own doing.
	 */
	public static function is_writing(): bool {
		return self::$writing > 0;
	}

	/**
	 * Does something with a post as our own doing.
	 */
	public static function as_ours( callable $act ): void {
		++self::$writing;
		try {
			$act();
		} finally {
			--self::$writing;
		}
	}

	/**
	 * Brings the document into its post; any number of repeats makes one post.
	 *
	 * @param string $uuid     Content id.
	 * @param array  $document Valid document, see Document::schema().
	 * @return array|WP_Error Receipt.
	 */
	public static function write( string $uuid, array $document ) {
		$lock = Lock::acquire( 'content ' . $uuid );
		if ( ! $lock ) {
			return Post_Guard::busy();
		}
		++self::$writing;
		try {
			$post = self::find( $uuid, $lock->is_inherited() ) ?? self::promised( (string) ( $document['task_id'] ?? '' ) );
			return self::write_locked( $uuid, $document, $post );
		} finally {
			--self::$writing;
			$lock->release();
		}
	}

	/**
	 * The post of a content id, trash included.
	 *
	 * @param string $uuid      Content id.
	 * @param bool   $by_guid   Also look for a post whose writer died before its meta; not indexed, so only then.
	 */
	public static function find( string $uuid, bool $by_guid = false ): ?WP_Post {
		global $wpdb;
		$ids = Meta::posts_with( Meta::CONTENT_ID, $uuid );
		$id  = (int) reset( $ids );
		if ( ! $id && $by_guid ) {
			$id = (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE guid = %s LIMIT 1", self::GUID . $uuid ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		}
		return $id ? get_post( $id ) : null;
	}

	/**
	 * The post that somebody had this task made for, until its first delivery.
	 */
	private static function promised( string $task_id ): ?WP_Post {
		$ids  = '' === $task_id ? array() : Meta::posts_with( Meta::TASK, $task_id );
		$free = array_filter( $ids, static fn( $id ) => '' === (string) get_post_meta( $id, Meta::CONTENT_ID, true ) && 'trash' !== get_post_status( $id ) );
		return $free ? get_post( reset( $free ) ) : null;
	}

	/**
	 * The error for a content id without a post.
	 */
	public static function not_found(): WP_Error {
		return new WP_Error( 'igny8_not_found', __( 'No post belongs to this content.', 'igny8' ), array( 'status' => 404 ) );
	}

	/**
	 * The work under the lock.
	 *
	 * @return array|WP_Error
	 */
	private static function write_locked( string $uuid, array $document, ?WP_Post $post ) {
		$problem = $post ? Post_Guard::refusal( $post, $document ) : self::may_create( $document );
		if ( $problem ) {
			return $problem;
		}
		$lost = Media_Writer::lost( $document );
		if ( $lost ) {
			return new WP_Error( 'igny8_unknown_media', __( 'Images of this article are not in the media library of this site.', 'igny8' ), array( 'status' => 422, 'sha256' => $lost ) ); // phpcs:ignore WordPress.Arrays
		}
		$fingerprint = Document::fingerprint( $document );
		if ( $post && self::stands_already( $post, $fingerprint, $document ) ) {
			return Receipt::of( $post, false );
		}
		$document = Persons_Choice::respect( $document, $post );
		$gone     = Links::gone( $document );
		if ( $gone ) {
			$document['content'] = Links::without( $document, $gone );
		}
		$id = self::store( $uuid, $document, $post );
		if ( is_wp_error( $id ) ) {
			$id->add_data( array( 'status' => 500 ) );
			return $id;
		}
		self::finish( $id, $document, $fingerprint, null !== $post, $gone );
		return Receipt::of( get_post( $id ), null === $post );
	}

	/**
	 * A repeat of what was delivered last, with nothing changed in between.
	 */
	private static function stands_already( WP_Post $post, string $fingerprint, array $document ): bool {
		$pushed = get_post_meta( $post->ID, Meta::PUSHED, true );
		if ( ! isset( $pushed['document'] ) || $pushed['document'] !== $fingerprint || 'trash' === $post->post_status || Receipt::has_failure( $pushed['fields'] ) ) {
			return false;
		}
		$is_asked = ! empty( $document['force'] ) || ! empty( $document['status_asked'] ) || Invitation::covers( $post );
		return ! $is_asked || ( $post->post_status === $document['status'] && ! Post_Guard::changes( $post ) );
	}

	/**
	 * Null when the caller may make a post of this type and status.
	 */
	private static function may_create( array $document ): ?WP_Error {
		$type = get_post_type_object( $document['post_type'] );
		if ( ! $type || ! $type->public || 'attachment' === $type->name ) {
			/* translators: %s: name of a post type. */
			return new WP_Error( 'igny8_unknown_post_type', sprintf( __( 'This site has no public post type “%s”.', 'igny8' ), $document['post_type'] ), array( 'status' => 422 ) );
		}
		$cap = in_array( $document['status'], self::LIVE, true ) ? $type->cap->publish_posts : $type->cap->create_posts;
		if ( ! current_user_can( $cap ) ) {
			return new WP_Error( 'igny8_forbidden', __( 'This user may not make such a post.', 'igny8' ), array( 'status' => 403 ) );
		}
		return null;
	}

	/**
	 * Writes the post's row, with its marks in the same call.
	 *
	 * @return int|WP_Error Post id.
	 */
	private static function store( string $uuid, array $document, ?WP_Post $post ) {
		$row = array(
			'post_title'   => $document['title'],
			'post_content' => $document['content'],
			'post_status'  => Post_State::of( $document, $post ),
			'meta_input'   => array(
				Meta::CONTENT_ID => $uuid,
				Meta::PROVENANCE => (array) ( $document['provenance'] ?? array() ),
			),
		);
		if ( isset( $document['excerpt'] ) ) {
			$row['post_excerpt'] = $document['excerpt'];
		}
		if ( isset( $document['slug'] ) && self::may_rename( $document, $post ) ) {
			$row['post_name'] = sanitize_title( $document['slug'] );
		}
		$row += Post_State::dates( $document, $post );
		if ( $post ) {
			wp_save_post_revision( $post->ID );
			if ( 'trash' === $post->post_status ) {
				wp_untrash_post( $post->ID );
			}
			return wp_update_post( wp_slash( array( 'ID' => $post->ID ) + $row ), true );
		}
		$row += array(
			'post_type'   => $document['post_type'],
			'post_author' => self::author( $document ),
			'guid'        => self::GUID . $uuid,
		);
		return wp_insert_post( wp_slash( $row ), true );
	}

	/**
	 * Terms, image and SEO fields; then what was stored becomes the base of the next comparison.
	 */
	private static function finish( int $id, array $document, string $fingerprint, bool $existed, array $gone ): void {
		$before = $existed ? get_post_meta( $id, Meta::PUSHED, true ) : array();
		$before = is_array( $before ) ? $before : array();
		$fields = array();
		foreach ( array( 'categories' => 'category', 'tags' => 'post_tag' ) as $field => $taxonomy ) { // phpcs:ignore WordPress.Arrays
			if ( isset( $document[ $field ] ) ) {
				$fields[ $field ] = Terms::apply( $id, $taxonomy, $document[ $field ], $document['create_terms'], $existed );
			}
		}
		$featured = isset( $document['featured']['sha256'] ) ? Media_Writer::find( $document['featured']['sha256'] ) : 0;
		if ( $featured ) {
			set_post_thumbnail( $id, $featured );
			$fields['featured'] = array(
				'state' => get_post_thumbnail_id( $id ) === $featured ? 'applied' : 'failed',
				'id'    => $featured,
			);
		}
		if ( isset( $document['seo'] ) ) {
			$fields['seo'] = Seo::apply( $id, (array) $document['seo'], empty( $document['force'] ) ? ( $before['seo'] ?? array() ) : array() );
		}
		if ( ! $existed && ! empty( $document['author'] ) ) {
			$fields['author'] = Receipt::author( get_post( $id ), (string) $document['author'] );
		}
		if ( isset( $document['links'] ) ) {
			$fields['links'] = Links::field( $gone );
		}
		if ( isset( $document['faq'] ) ) {
			$fields['faq'] = Schema_Head::keep( $id, $document['faq'] );
		}
		clean_post_cache( $id );
		$post = get_post( $id );
		if ( ! empty( $document['images'] ) ) {
			$fields['images'] = Receipt::images( $post->post_content, $document['images'] );
		}
		$pushed = array(
			'document' => $fingerprint,
			'title'    => $post->post_title,
			'excerpt'  => $post->post_excerpt,
			'seo'      => isset( $document['seo'] ) ? Seo::base( $id, $fields['seo'], $before['seo'] ?? array() ) : ( $before['seo'] ?? array() ),
			'fields'   => Persons_Choice::told( $document['kept'], Receipt::columns( $post, $document ) + $fields ),
			'dropped'  => Receipt::dropped( $document['content'], $post->post_content ),
		) + Persons_Choice::base( $post, $document, $before );
		update_post_meta( $id, Meta::PUSHED, wp_slash( $pushed ) );
		update_post_meta( $id, Meta::SHA, Post_Guard::sha( $post ) );
		Invitation::end( $id );
	}

	/**
	 * The address of a public post is left alone unless asked for.
	 */
	private static function may_rename( array $document, ?WP_Post $post ): bool {
		return ! $post || 'publish' !== $post->post_status || ! empty( $document['force'] );
	}

	/**
	 * The wanted author if they may write, else who connected the site, else the caller.
	 */
	private static function author( array $document ): int {
		$wanted = $document['author'] ?? null;
		$user   = is_string( $wanted ) && ! is_numeric( $wanted ) ? get_user_by( 'login', $wanted ) : get_userdata( (int) $wanted );
		$user   = $user ? $user : get_userdata( (int) get_option( \Igny8\Options::CONNECTED_BY ) );
		return $user && user_can( $user, 'edit_posts' ) ? $user->ID : get_current_user_id();
	}
}
