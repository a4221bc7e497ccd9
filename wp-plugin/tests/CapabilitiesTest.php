<?php
/**
 * Capabilities by role, as an administrator hands them out.
 *
 * @package Igny8
 */

use Igny8\Capabilities;
use Igny8\Options;

class CapabilitiesTest extends Igny8_TestCase {

	const ID   = '11111111-2222-4333-8444-555555555555';
	const ONCE = 'abcdefghijklmnop';

	/** What a capability alone opens: sample calls that must pass, and must not. */
	public function doors(): array {
		$see     = array( 'GET', '/runs', array() );
		$plan    = array( 'POST', '/tasks', array( 'title' => 'T' ) );
		$start   = array( 'POST', '/runs', array( 'function' => 'auto_cluster', 'ids' => array( self::ID ), 'once' => self::ONCE ) );
		$review  = array( 'PATCH', '/contents/' . self::ID, array( 'title' => 'T' ) );
		$publish = array( 'POST', '/publish', array( 'ids' => array( self::ID ), 'once' => self::ONCE ) );
		$manage  = array( 'PATCH', '/settings', array( 'brand' => array( 'tone' => 'calm' ) ) );
		$roles   = array( 'POST', '/roles', array( 'roles' => array( 'author' => array( Capabilities::MANAGE ) ) ) );
		$panel   = array( 'GET', '/posts/{own}', array() );
		$send    = array( 'POST', '/posts/{own}/take', array( 'words' => str_repeat( 'a', 64 ), 'once' => self::ONCE ) );
		$seo     = array( 'PUT', '/posts/{own}/seo', array( 'title' => 'T' ) );
		$write   = array( 'POST', '/posts/{own}/estimate', array( 'act' => 'write', 'title' => 'T' ) );
		$begin   = array( 'POST', '/posts/{own}/runs', array( 'act' => 'write', 'title' => 'T', 'once' => self::ONCE ) );
		$others  = array( 'GET', '/posts/{other}', array() );
		$all     = compact( 'panel', 'send', 'seo', 'write', 'begin', 'others', 'see', 'plan', 'start', 'review', 'publish', 'manage', 'roles' );
		return array(
			'nothing'  => array( array(), array(), $all ),
			'plan'     => array( array( Capabilities::PLAN ), array( 'see', 'plan' ), $all ),
			'generate' => array( array( Capabilities::GENERATE ), array( 'see', 'start', 'panel', 'send', 'seo', 'write', 'begin' ), $all ),
			'publish'  => array( array( Capabilities::PUBLISH ), array( 'see', 'review', 'publish', 'panel', 'send', 'seo' ), $all ),
			'manage'   => array( array( Capabilities::MANAGE ), array( 'see', 'manage', 'roles' ), $all ),
		);
	}

	/** @dataProvider doors */
	public function test_a_capability_opens_its_own_routes_and_no_others( array $caps, array $open, array $calls ): void {
		Capabilities::choose( array( 'author' => $caps ) );
		$other = wp_insert_post( array( 'post_title' => 'T', 'post_content' => 'C', 'post_author' => $this->as_role( 'editor' ) ) );
		$own   = wp_insert_post( array( 'post_title' => 'T', 'post_content' => 'C', 'post_author' => $this->as_role( 'author' ) ) );
		foreach ( $calls as $name => list( $method, $path, $params ) ) {
			$path    = strtr( $path, array( '{own}' => $own, '{other}' => $other ) );
			$answer  = $this->rest( $method, '/igny8/v1' . $path, $params );
			$refused = $answer->is_error() && 'rest_forbidden' === $answer->get_data()['code'];
			$this->assertSame( in_array( $name, $open, true ), ! $refused, $name );
		}
	}

	public function test_administrators_cannot_shut_themselves_out(): void {
		Capabilities::choose( array( 'administrator' => array(), 'editor' => array() ) );
		$this->assertSame( Capabilities::CHOICES, Capabilities::chosen()['administrator'] );
		$this->assertTrue( get_role( 'administrator' )->has_cap( Capabilities::MANAGE ) );
		$this->assertFalse( get_role( 'editor' )->has_cap( Capabilities::SEE ) );
	}

	public function test_an_update_of_the_plugin_keeps_the_choice(): void {
		Capabilities::choose( array( 'author' => array( Capabilities::PLAN, 'unfiltered_html' ), 'nobody' => array( Capabilities::PLAN ) ) );
		Options::set( Options::VERSION, '0.0.1' );
		Capabilities::refresh();
		$this->assertTrue( get_role( 'author' )->has_cap( Capabilities::PLAN ) );
		$this->assertFalse( get_role( 'author' )->has_cap( 'unfiltered_html' ) );
		$this->assertFalse( get_role( 'editor' )->has_cap( Capabilities::GENERATE ) );
		$this->assertSame( array( 'administrator', 'editor', 'author', 'contributor' ), array_keys( Capabilities::chosen() ) );
	}

	public function test_removing_the_plugin_removes_every_capability(): void {
		Capabilities::choose( array( 'author' => Capabilities::CHOICES ) );
		Capabilities::uninstall();
		foreach ( wp_roles()->role_objects as $role ) {
			foreach ( array_merge( Capabilities::CHOICES, array( Capabilities::SEE ) ) as $cap ) {
				$this->assertFalse( $role->has_cap( $cap ), $role->name . ' ' . $cap );
			}
		}
	}

	public function test_the_service_user_sees_no_screens(): void {
		$this->as_service();
		$this->assertFalse( current_user_can( Capabilities::SEE ) );
		$this->assertTrue( current_user_can( Capabilities::PUBLISH ) );
	}

	public function test_unknown_capabilities_are_refused_at_the_door(): void {
		$this->as_role( 'administrator' );
		$answer = $this->rest( 'POST', '/igny8/v1/roles', array( 'roles' => array( 'author' => array( 'edit_users' ) ) ) );
		$this->assertSame( 400, $answer->get_status() );
	}
}
