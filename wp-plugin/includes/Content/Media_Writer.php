<?php
/**
 * Puts an image into the media library, once by its hash.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Independent of how the bytes arrived.
 */
final class Media_Writer {

	const TYPES = array(
		'image/jpeg' => 'jpg',
		'image/png'  => 'png',
		'image/webp' => 'webp',
		'image/gif'  => 'gif',
		'image/avif' => 'avif',
	);

	/**
	 * Stores the image, or finds the one that is there already.
	 *
	 * @param string $sha256 Announced hash of the bytes, lower-case hex.
	 * @param string $bytes  The file.
	 * @param array  $about  {filename?, alt?, title?, caption?}.
	 * @return array|WP_Error {id, source_url, width, height, mime, alt, created, sha256}
	 */
	public static function write( string $sha256, string $bytes, array $about ) {
		if ( hash( 'sha256', $bytes ) !== $sha256 ) {
			return new WP_Error( 'igny8_hash_mismatch', __( 'The image arrived damaged: its bytes do not match the announced hash.', 'igny8' ), array( 'status' => 422 ) );
		}
		$lock = Lock::acquire( 'media ' . $sha256 );
		if ( ! $lock ) {
			return Post_Guard::busy();
		}
		try {
			$id      = self::find( $sha256 );
			$created = ! $id;
			$id      = $created ? self::create( $sha256, $bytes, $about ) : $id;
			return is_wp_error( $id ) ? $id : self::describe( $id, $created, $about );
		} finally {
			$lock->release();
		}
	}

	/**
	 * Id of the newest attachment with this hash, or 0; one that is trashed or has lost its file does not count.
	 */
	public static function find( string $sha256 ): int {
		$whole = array_filter( Meta::posts_with( Meta::MEDIA_SHA, $sha256 ), array( __CLASS__, 'is_whole' ) );
		return (int) end( $whole );
	}

	/**
	 * Hashes of a document's images that this site does not hold, or holds under another id than the text names.
	 *
	 * @param array $document Valid document.
	 * @return string[]
	 */
	public static function lost( array $document ): array {
		$lost = array();
		if ( isset( $document['featured']['sha256'] ) && ! self::find( $document['featured']['sha256'] ) ) {
			$lost[] = $document['featured']['sha256'];
		}
		foreach ( $document['images'] ?? array() as $image ) {
			if ( self::find( $image['sha256'] ) !== (int) $image['id'] ) {
				$lost[] = $image['sha256'];
			}
		}
		return array_values( array_unique( $lost ) );
	}

	/**
	 * MIME types of images that may be uploaded here.
	 *
	 * @return string[]
	 */
	public static function types(): array {
		return array_values( array_intersect( array_keys( self::TYPES ), get_allowed_mime_types() ) );
	}

	/**
	 * An attachment in use: not trashed, its file still there.
	 */
	private static function is_whole( int $id ): bool {
		$file = get_attached_file( $id );
		return 'attachment' === get_post_type( $id ) && 'trash' !== get_post_status( $id ) && $file && is_file( $file );
	}

	/**
	 * Hands the bytes to WordPress as a new upload.
	 *
	 * @return int|WP_Error Attachment id.
	 */
	private static function create( string $sha256, string $bytes, array $about ) {
		require_once ABSPATH . 'wp-admin/includes/file.php';
		require_once ABSPATH . 'wp-admin/includes/media.php';
		require_once ABSPATH . 'wp-admin/includes/image.php';
		$path = wp_tempnam( $sha256 );
		file_put_contents( $path, $bytes ); // phpcs:ignore WordPress.WP.AlternativeFunctions
		$mime = wp_get_image_mime( $path );
		if ( ! $mime || ! in_array( $mime, self::types(), true ) ) {
			wp_delete_file( $path );
			return new WP_Error( 'igny8_not_an_image', __( 'This file is not an image of a kind that this site accepts.', 'igny8' ), array( 'status' => 422 ) );
		}
		$file = array(
			'name'     => self::filename( (string) ( $about['filename'] ?? '' ), $sha256, $mime ),
			'tmp_name' => $path,
		);
		$id   = media_handle_sideload( $file, 0, null, self::post_data( $sha256, $about ) );
		if ( is_wp_error( $id ) ) {
			wp_delete_file( $path );
			$id->add_data( array( 'status' => 500 ) );
		}
		return $id;
	}

	/**
	 * What WordPress stores beside the file.
	 */
	private static function post_data( string $sha256, array $about ): array {
		return wp_slash(
			array(
				'post_title'   => sanitize_text_field( $about['title'] ?? '' ),
				'post_excerpt' => wp_kses_post( $about['caption'] ?? '' ),
				'meta_input'   => array(
					Meta::MEDIA_SHA            => $sha256,
					'_wp_attachment_image_alt' => sanitize_text_field( $about['alt'] ?? '' ),
				),
			)
		);
	}

	/**
	 * A safe file name whose ending is the file's real type.
	 */
	private static function filename( string $wanted, string $sha256, string $mime ): string {
		$stem = sanitize_title( remove_accents( pathinfo( $wanted, PATHINFO_FILENAME ) ) );
		$stem = '' === $stem || false !== strpos( $stem, '%' ) ? 'image-' . substr( $sha256, 0, 12 ) : substr( $stem, 0, 80 );
		return $stem . '.' . self::TYPES[ $mime ];
	}

	/**
	 * The answer, read from what is stored; a known image without alt text gets the new one.
	 */
	private static function describe( int $id, bool $created, array $about ): array {
		$alt = (string) get_post_meta( $id, '_wp_attachment_image_alt', true );
		if ( '' === $alt && ! empty( $about['alt'] ) ) {
			$alt = sanitize_text_field( $about['alt'] );
			update_post_meta( $id, '_wp_attachment_image_alt', wp_slash( $alt ) );
		}
		$size = wp_get_attachment_metadata( $id );
		return array(
			'id'         => $id,
			'source_url' => wp_get_attachment_url( $id ),
			'width'      => (int) ( $size['width'] ?? 0 ),
			'height'     => (int) ( $size['height'] ?? 0 ),
			'mime'       => get_post_mime_type( $id ),
			'alt'        => $alt,
			'created'    => $created,
			'sha256'     => (string) get_post_meta( $id, Meta::MEDIA_SHA, true ),
		);
	}
}
