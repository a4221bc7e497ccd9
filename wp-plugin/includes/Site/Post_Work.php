<?php
/**
 * The work on one post: have it written, refreshed, illustrated, and take what came of it.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Client;
use Igny8\Content\Invitation;
use Igny8\Content\Media_Writer;
use Igny8\Content\Meta;
use Igny8\Rest\Estimates_Controller;
use WP_Error;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Nothing here writes into the post: texts arrive as deliveries that somebody invited.
 */
final class Post_Work {

	const WRITE   = 'write';
	const REFRESH = 'refresh';
	const IMAGES  = 'images';
	const ACTS    = array( self::WRITE, self::REFRESH, self::IMAGES );

	/** States that a delivery can be asked to leave a post in; in others the backend's rule counts. */
	const STATUSES = array( 'draft', 'pending', 'publish' );

	/** A text that waits for a decision goes nowhere by itself. */
	const STAYS = array( 'publish' => false );

	/**
	 * The post.
	 *
	 * @var WP_Post
	 */
	private $post;

	/**
	 * What is known of it.
	 *
	 * @var Post_Desk
	 */
	private $desk;

	/**
	 * Works on a post.
	 */
	public function __construct( WP_Post $post ) {
		$this->post = $post;
		$this->desk = new Post_Desk( $post );
	}

	/**
	 * What an act would cost.
	 *
	 * @return array|WP_Error Quote of the backend.
	 */
	public function estimate( string $act, string $title ) {
		$task = $this->desk->task_id();
		$body = array( 'function' => Estimates_Controller::FUNCTIONS[ self::IMAGES === $act ? 'auto_generate_images' : 'auto_generate_content' ] );
		if ( '' !== $task ) {
			$body['ids'] = array( $task );
		} elseif ( self::WRITE === $act ) {
			$body['title'] = self::title( $title );
		} else {
			return self::nothing_to_do();
		}
		$body['options'] = self::REFRESH === $act ? self::STAYS + array( 'images' => false, 'proposal' => true ) : self::STAYS; // phpcs:ignore WordPress.Arrays
		return '' === ( $body['title'] ?? '-' ) ? self::no_title() : Client::of_site()->write( 'POST', '/v1/system/estimate/', $body );
	}

	/**
	 * Starts an act; the same key starts it once.
	 *
	 * @return array|WP_Error {task_id, status_url}
	 */
	public function start( string $act, string $title, string $once ) {
		if ( self::REFRESH === $act ) {
			$content = $this->desk->content_id();
			return '' === $content ? self::nothing_to_do() : Client::of_site()->write( 'POST', '/v1/writer/content/' . $content . '/refresh/', null, $once );
		}
		$task = $this->desk->task_id();
		if ( self::WRITE === $act ) {
			$task = $this->task( self::title( $title ), $once );
		}
		if ( is_wp_error( $task ) || '' === $task ) {
			return '' === $task ? self::nothing_to_do() : $task;
		}
		$path = self::WRITE === $act ? '/v1/writer/tasks/auto_generate_content/' : '/v1/writer/tasks/auto_generate_images/';
		return Client::of_site()->write( 'POST', $path, array( 'ids' => array( $task ), 'options' => self::STAYS ), $once ); // phpcs:ignore WordPress.Arrays
	}

	/**
	 * Invites the offered text into the post; refused when the post reads otherwise than the person saw it.
	 *
	 * @param string $words Fingerprint of what the person has before them.
	 * @param string $once  Idempotency key.
	 * @return array|WP_Error {status_url}
	 */
	public function take( string $words, string $once ) {
		if ( Invitation::words( $this->post ) !== $words ) {
			return new WP_Error( 'igny8_changed', __( 'The post was changed in the meantime. Reload it and look again.', 'igny8' ), array( 'status' => 409 ) );
		}
		$offer = $this->desk->describe()['offer'];
		$ours  = $this->desk->content_id();
		if ( ! $offer && '' === $ours ) {
			return self::nothing_to_do();
		}
		$content = $offer ? $offer['content'] : $ours;
		$client  = Client::of_site();
		if ( '' === $ours && '' !== $this->post->post_title ) {
			$kept = $client->write( 'PATCH', '/v1/writer/content/' . $content . '/', array( 'title' => self::title( $this->post->post_title ) ) );
			if ( is_wp_error( $kept ) ) {
				return $kept;
			}
		}
		Invitation::send( $this->post );
		$status = in_array( $this->post->post_status, self::STATUSES, true ) ? array( 'status' => $this->post->post_status ) : array();
		return $offer && 'proposal' === $offer['kind']
			? $client->write( 'POST', '/v1/writer/content/' . $content . '/proposal/accept/', $status ? $status : null, $once )
			: $client->write( 'POST', '/v1/publisher/publish/', array( 'ids' => array( $content ) ) + $status, $once );
	}

	/**
	 * Puts a picture of the backend into the media library, once.
	 *
	 * @return array|WP_Error {id, source_url, alt, caption}
	 */
	public function fetch_image( string $id ) {
		$answer = Client::of_site()->get( '/v1/writer/images/' . $id . '/' );
		$image  = is_wp_error( $answer ) ? $answer : (array) ( $answer['image'] ?? array() );
		$file   = is_wp_error( $image ) ? $image : Client::of_site()->download( '/v1/writer/images/' . $id . '/file/' );
		if ( is_wp_error( $file ) ) {
			return $file;
		}
		$about  = array(
			'filename' => sanitize_title( (string) $image['content_title'] ) . '-' . $image['kind'],
			'alt'      => (string) $image['alt'],
			'caption'  => (string) $image['caption'],
		);
		$stored = Media_Writer::write( (string) $image['sha256'], $file['body'], $about );
		return is_wp_error( $stored ) ? $stored : $stored + array( 'caption' => wp_get_attachment_caption( $stored['id'] ) );
	}

	/**
	 * The task of the post, made on first use and tied to it.
	 *
	 * @return string|WP_Error
	 */
	private function task( string $title, string $once ) {
		if ( '' === $title ) {
			return self::no_title();
		}
		$task = $this->desk->task_id();
		if ( '' !== $task ) {
			$changed = Client::of_site()->write( 'PATCH', '/v1/writer/tasks/' . $task . '/', array( 'title' => $title ) );
			return is_wp_error( $changed ) ? $changed : $task;
		}
		$made = Client::of_site()->write( 'POST', '/v1/writer/tasks/', array( 'items' => array( array( 'title' => $title ) ) ), md5( 'task ' . $once ) );
		if ( is_wp_error( $made ) ) {
			return $made;
		}
		$task = (string) ( $made['results'][0]['id'] ?? '' );
		update_post_meta( $this->post->ID, Meta::TASK, $task );
		return $task;
	}

	/**
	 * A title as the backend takes it.
	 */
	private static function title( string $title ): string {
		return mb_substr( trim( wp_strip_all_tags( wp_specialchars_decode( $title, ENT_QUOTES ) ) ), 0, 300 );
	}

	/**
	 * The error for a post without a title.
	 */
	private static function no_title(): WP_Error {
		return new WP_Error( 'igny8_no_title', __( 'Give the post a title first.', 'igny8' ), array( 'status' => 422 ) );
	}

	/**
	 * The error for an act that the post is not ready for.
	 */
	private static function nothing_to_do(): WP_Error {
		return new WP_Error( 'igny8_nothing_to_do', __( 'IGNY8 has written nothing for this post yet.', 'igny8' ), array( 'status' => 409 ) );
	}
}
