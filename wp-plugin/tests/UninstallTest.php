<?php
/**
 * Deleting the plugin removes what it made and leaves the posts.
 *
 * @package Igny8
 */

use Igny8\Capabilities;
use Igny8\Content\Post_Writer;
use Igny8\Options;
use Igny8\Service_User;

class UninstallTest extends Igny8_TestCase {

	public function test_posts_stay_and_everything_else_goes(): void {
		global $wpdb;
		Options::forget( Options::ALL );
		$admin = $this->as_role( 'administrator' );
		$this->connect();
		Options::set( Options::CONNECTED_BY, (string) $admin );
		$service = Service_User::ensure();
		wp_set_current_user( $service->ID );
		$post = Post_Writer::write( wp_generate_uuid4(), Igny8\Content\Document::from_array( array( 'title' => 'T', 'content' => 'C', 'author' => $service->user_login ) ) );
		$this->assertSame( $service->ID, (int) get_post( $post['id'] )->post_author );

		define( 'WP_UNINSTALL_PLUGIN', plugin_basename( IGNY8_FILE ) );
		require dirname( __DIR__ ) . '/uninstall.php';

		$this->assertSame( array( 'C', $admin ), array( get_post( $post['id'] )->post_content, (int) get_post( $post['id'] )->post_author ) );
		$this->assertFalse( get_userdata( $service->ID ) );
		$this->assertNull( get_role( Capabilities::ROLE ) );
		$this->assertFalse( get_role( 'administrator' )->has_cap( Capabilities::MANAGE ) );
		$this->assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE 'igny8%'" ) );
		$this->assertSame( '0', $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $wpdb->postmeta WHERE meta_key LIKE %s", $wpdb->esc_like( '_igny8' ) . '%' ) ) );
		$this->assertSame( 'DELETE /v1/sites/me/', $this->calls[0]['call'] );
	}
}
