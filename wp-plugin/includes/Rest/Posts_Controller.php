<?php
/**
 * What people do with one post from its editor.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Content\Seo;
use Igny8\Site\Editor_Panel;
use Igny8\Site\Post_Desk;
use Igny8\Site\Post_Work;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * GET posts/<id>, POST posts/<id>/estimate|runs|take|discard, POST posts/<id>/images/<image>, PUT posts/<id>/seo.
 */
final class Posts_Controller {

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may   = array( __CLASS__, 'may' );
		$one   = '/posts/(?P<post>\d+)';
		$post  = array( 'post' => array( 'type' => 'integer', 'required' => true ) ); // phpcs:ignore WordPress.Arrays
		$once  = array( 'once' => Runs_Controller::once() );
		$work  = $post + self::work_args();
		$text  = array( 'type' => 'string', 'maxLength' => 500 ); // phpcs:ignore WordPress.Arrays
		$words = array( 'words' => array( 'type' => 'string', 'required' => true, 'pattern' => '^[0-9a-f]{64}$' ) ); // phpcs:ignore WordPress.Arrays
		Routes::add( 'GET', $one, array( __CLASS__, 'read' ), $may, $post );
		Routes::add( 'POST', $one . '/estimate', array( __CLASS__, 'estimate' ), array( __CLASS__, 'may_generate' ), $work );
		Routes::add( 'POST', $one . '/runs', array( __CLASS__, 'start' ), array( __CLASS__, 'may_generate' ), $work + $once );
		Routes::add( 'POST', $one . '/take', array( __CLASS__, 'take' ), $may, $post + $words + $once );
		Routes::add( 'POST', $one . '/discard', array( __CLASS__, 'discard' ), $may, $post );
		Routes::add( 'POST', $one . '/images/(?P<image>' . Routes::UUID . ')', array( __CLASS__, 'fetch_image' ), array( __CLASS__, 'may_upload' ), $post + array( 'image' => Routes::uuid() ) );
		Routes::add( 'PUT', $one . '/seo', array( __CLASS__, 'write_seo' ), $may, $post + array_fill_keys( array( 'title', 'description', 'focus' ), $text ) );
	}

	/**
	 * Who works with IGNY8 and may edit this very post.
	 */
	public static function may( WP_REST_Request $request ): bool {
		return Editor_Panel::may( (int) $request['post'] );
	}

	/**
	 * The same, and may spend.
	 */
	public static function may_generate( WP_REST_Request $request ): bool {
		return self::may( $request ) && current_user_can( Capabilities::GENERATE );
	}

	/**
	 * The same, and may add to the media library.
	 */
	public static function may_upload( WP_REST_Request $request ): bool {
		return self::may( $request ) && current_user_can( 'upload_files' );
	}

	/**
	 * What IGNY8 knows of the post.
	 */
	public static function read( WP_REST_Request $request ): array {
		return ( new Post_Desk( get_post( $request['post'] ) ) )->describe();
	}

	/**
	 * What an act would cost.
	 *
	 * @return array|WP_Error
	 */
	public static function estimate( WP_REST_Request $request ) {
		return self::work( $request )->estimate( $request['act'], (string) $request['title'] );
	}

	/**
	 * Starts an act.
	 *
	 * @return array|WP_Error
	 */
	public static function start( WP_REST_Request $request ) {
		return Runs_Controller::started( self::work( $request )->start( $request['act'], (string) $request['title'], $request['once'] ) );
	}

	/**
	 * Has the offered text delivered over the one the person has before them.
	 *
	 * @return array|WP_Error
	 */
	public static function take( WP_REST_Request $request ) {
		return Runs_Controller::started( self::work( $request )->take( $request['words'], $request['once'] ) );
	}

	/**
	 * Drops the proposal.
	 *
	 * @return array|WP_Error
	 */
	public static function discard( WP_REST_Request $request ) {
		$desk = new Post_Desk( get_post( $request['post'] ) );
		return Client::of_site()->write( 'POST', '/v1/writer/content/' . $desk->content_id() . '/proposal/discard/' );
	}

	/**
	 * Puts a picture of the article into the media library.
	 *
	 * @return array|WP_Error
	 */
	public static function fetch_image( WP_REST_Request $request ) {
		return self::work( $request )->fetch_image( $request['image'] );
	}

	/**
	 * Saves the search fields, here and with the article.
	 *
	 * @return array|WP_Error
	 */
	public static function write_seo( WP_REST_Request $request ) {
		$id     = (int) $request['post'];
		$wanted = array_intersect_key( $request->get_params(), array_flip( array( 'title', 'description', 'focus' ) ) );
		$done   = Seo::apply( $id, $wanted );
		$saved  = Seo::read( $id );
		if ( 'applied' !== $done['state'] ) {
			return new WP_Error( 'igny8_seo_failed', __( 'The search fields could not be stored.', 'igny8' ), array( 'status' => 500 ) );
		}
		$content_id = ( new Post_Desk( get_post( $id ) ) )->content_id();
		$told       = '' === $content_id ? array() : Client::of_site()->write( 'PATCH', '/v1/writer/content/' . $content_id . '/', array( 'seo' => $saved ) );
		return array(
			'seo'     => $saved,
			'warning' => is_wp_error( $told ) ? $told->get_error_message() : '',
		);
	}

	/**
	 * The work on the post of a request.
	 */
	private static function work( WP_REST_Request $request ): Post_Work {
		return new Post_Work( get_post( $request['post'] ) );
	}

	/**
	 * Arguments that name an act.
	 */
	private static function work_args(): array {
		return array(
			'act'   => array(
				'type'     => 'string',
				'required' => true,
				'enum'     => Post_Work::ACTS,
			),
			'title' => array(
				'type'      => 'string',
				'maxLength' => 300,
				'default'   => '',
			),
		);
	}
}
