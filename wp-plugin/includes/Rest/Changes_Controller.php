<?php
/**
 * What an article was, is and could be: wishes, proposals, versions, and posts that somebody changed.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Capabilities;
use Igny8\Client;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * POST contents/<id>/wish and …/quote; GET and POST contents/<id>/proposal; contents/<id>/versions; deliveries/<id>/diff and …/choose.
 */
final class Changes_Controller {

	/**
	 * Registers the routes.
	 */
	public static function register(): void {
		$may     = Routes::needs( Capabilities::GENERATE );
		$see     = Routes::needs( Capabilities::SEE );
		$publish = array( Contents_Controller::class, 'may_publish' );
		$once    = array( 'once' => Runs_Controller::once() );
		$id      = array( 'id' => Routes::uuid() );
		$one     = '/contents/(?P<id>' . Routes::UUID . ')';
		$past    = '/deliveries/(?P<id>' . Routes::UUID . ')';
		$number  = array(
			'type'     => 'integer',
			'minimum'  => 1,
			'required' => true,
		);
		$choice  = array(
			'type'     => 'string',
			'enum'     => array( 'keep', 'take' ),
			'required' => true,
		);
		Routes::add( 'POST', $one . '/wish', array( __CLASS__, 'wish' ), $may, $id + $once + self::wish_args() );
		Routes::add( 'POST', $one . '/wish/quote', array( __CLASS__, 'quote' ), $see, $id + self::wish_args() );
		Routes::add( 'GET', $one . '/proposal', array( __CLASS__, 'proposal' ), $see, $id );
		Routes::add( 'POST', $one . '/proposal/(?P<answer>accept|discard)', array( __CLASS__, 'answer' ), $publish, $id + $once );
		Routes::add( 'GET', $one . '/versions', array( __CLASS__, 'versions' ), $see, $id );
		Routes::add( 'GET', $one . '/versions/diff', array( __CLASS__, 'compare' ), $see, $id + array_fill_keys( array( 'older', 'newer' ), $number ) );
		Routes::add( 'POST', $one . '/versions/(?P<number>\d+)/restore', array( __CLASS__, 'restore' ), $publish, $id + $once );
		Routes::add( 'GET', $past . '/diff', array( __CLASS__, 'difference' ), $see, $id );
		Routes::add( 'POST', $past . '/choose', array( __CLASS__, 'choose' ), $publish, $id + $once + array( 'choice' => $choice ) );
	}

	/**
	 * What an editor wishes; without words and section the article is written anew from its task.
	 */
	private static function wish_args(): array {
		return array(
			'instruction' => array(
				'type'      => 'string',
				'maxLength' => 2000,
				'default'   => '',
			),
			'section'     => array(
				'type'      => array( 'string', 'null' ),
				'maxLength' => 120,
			),
		);
	}

	/**
	 * Has an article, or a section of it, written anew; the outcome waits as a proposal.
	 *
	 * @return array|WP_Error
	 */
	public static function wish( WP_REST_Request $request ) {
		return Runs_Controller::started( Client::of_site()->write( 'POST', self::content( $request ) . 'refresh/', self::wished( $request ), $request['once'] ) );
	}

	/**
	 * What that would cost.
	 *
	 * @return array|WP_Error
	 */
	public static function quote( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', self::content( $request ) . 'refresh/quote/', self::wished( $request ) );
	}

	/**
	 * The proposal that waits.
	 *
	 * @return array|WP_Error
	 */
	public static function proposal( WP_REST_Request $request ) {
		return Client::of_site()->get( self::content( $request ) . 'proposal/' );
	}

	/**
	 * Takes or drops it.
	 *
	 * @return array|WP_Error
	 */
	public static function answer( WP_REST_Request $request ) {
		$body = 'accept' === $request['answer'] ? self::author() : null;
		return Runs_Controller::started( Client::of_site()->write( 'POST', self::content( $request ) . 'proposal/' . $request['answer'] . '/', $body, $request['once'] ) );
	}

	/**
	 * What stood before.
	 *
	 * @return array|WP_Error
	 */
	public static function versions( WP_REST_Request $request ) {
		return Client::of_site()->get( self::content( $request ) . 'versions/' );
	}

	/**
	 * What one version changed of another.
	 *
	 * @return array|WP_Error
	 */
	public static function compare( WP_REST_Request $request ) {
		$pair = array_intersect_key( $request->get_params(), array_flip( array( 'older', 'newer' ) ) );
		return Client::of_site()->get( self::content( $request ) . 'versions/diff/', $pair );
	}

	/**
	 * Brings a version back.
	 *
	 * @return array|WP_Error
	 */
	public static function restore( WP_REST_Request $request ) {
		return Client::of_site()->write( 'POST', self::content( $request ) . 'versions/' . (int) $request['number'] . '/restore/', self::author(), $request['once'] );
	}

	/**
	 * Our words against those on this site.
	 *
	 * @return array|WP_Error
	 */
	public static function difference( WP_REST_Request $request ) {
		return Client::of_site()->get( '/v1/publisher/deliveries/' . $request['id'] . '/diff/' );
	}

	/**
	 * Leaves a changed post as it is, or takes its words.
	 *
	 * @return array|WP_Error
	 */
	public static function choose( WP_REST_Request $request ) {
		$body = array( 'choice' => $request['choice'] ) + self::author();
		return Runs_Controller::localize( Client::of_site()->write( 'POST', '/v1/publisher/deliveries/' . $request['id'] . '/choose/', $body, $request['once'] ) );
	}

	/**
	 * Who does it, as this site calls them.
	 */
	public static function author(): array {
		return array( 'author' => mb_substr( wp_get_current_user()->display_name, 0, 250 ) );
	}

	/**
	 * Where the backend keeps the article.
	 */
	private static function content( WP_REST_Request $request ): string {
		return '/v1/writer/content/' . $request['id'] . '/';
	}

	/**
	 * The wish of a request.
	 */
	private static function wished( WP_REST_Request $request ): array {
		return array_intersect_key( $request->get_params(), self::wish_args() );
	}
}
