<?php
/**
 * One post and what IGNY8 knows of it: its task, its article, its proposal, its images, its receipt.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Menu;
use Igny8\Admin\Money;
use Igny8\Client;
use Igny8\Content\Difference;
use Igny8\Content\Invitation;
use Igny8\Content\Meta;
use Igny8\Content\Post_Guard;
use Igny8\Content\Seo;
use Igny8\Rest\Images_Controller;
use Igny8\Rest\Routes;
use WP_Error;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Read for the panel of both editors; a backend that is away takes away only what it alone knows.
 */
final class Post_Desk {

	/**
	 * The post.
	 *
	 * @var WP_Post
	 */
	private $post;

	/**
	 * Why the backend did not answer, or ''.
	 *
	 * @var string
	 */
	private $problem = '';

	/**
	 * Answers of the backend by path.
	 *
	 * @var array
	 */
	private $kept = array();

	/**
	 * Looks at a post.
	 */
	public function __construct( WP_Post $post ) {
		$this->post = $post;
	}

	/**
	 * Id of the article that stands in the post, or ''.
	 */
	public function content_id(): string {
		return Post_Sender::content_id( $this->post->ID );
	}

	/**
	 * Id of the task the post is written from, or ''.
	 */
	public function task_id(): string {
		$known = (string) get_post_meta( $this->post->ID, Meta::TASK, true );
		if ( '' !== $known || '' === $this->content_id() ) {
			return $known;
		}
		return (string) ( $this->article( $this->content_id() )['task_id'] ?? '' );
	}

	/**
	 * Everything the panel shows.
	 */
	public function describe(): array {
		$content_id = $this->content_id();
		$is_ours    = '' !== $content_id;
		$task       = $this->row( '/v1/writer/tasks/', $this->task_id(), 'task' );
		$content_id = $is_ours ? $content_id : (string) ( $task['content']['id'] ?? '' );
		$facts      = array(
			'ours'     => $is_ours,
			'promised' => ! $is_ours && '' !== $this->task_id(),
			'task'     => $this->task_id(),
			'run'      => empty( $task['live_run'] ) ? '' : '/' . Routes::SPACE . '/runs/' . $task['live_run'],
			'changed'  => (bool) Post_Guard::changes( $this->post ),
			'offer'    => '' === $content_id ? null : $this->offer( $content_id, $is_ours ),
			'images'   => '' === $content_id ? array() : $this->images( $content_id ),
			'words'    => Invitation::words( $this->post ),
			'seo'      => Seo::read( $this->post->ID ),
			'receipt'  => $is_ours ? Receipt_Words::fields( $this->post ) : array(),
			'origin'   => $is_ours ? array_merge( Receipt_Words::origin( $this->post->ID ), $this->cost() ) : array(),
			'sandbox'  => ! empty( Receipt_Words::provenance( $this->post->ID )['sandbox'] ),
			'link'     => '' === $content_id ? '' : Menu::url( Menu::CONTENTS, array( 'content' => $content_id ) ),
		);
		return $facts + array( 'problem' => $this->problem );
	}

	/**
	 * The text that could stand here: a proposal first, else the article where a person wrote something else.
	 *
	 * @return array|null {kind, id, title, word_count, lines}
	 */
	private function offer( string $content_id, bool $is_ours ): ?array {
		$kind = 'proposal';
		$text = $is_ours ? $this->proposal( $content_id ) : array();
		if ( ! $text && $is_ours && ! Post_Guard::changes( $this->post ) ) {
			return null;
		}
		if ( ! $text ) {
			$kind = 'article';
			$text = $this->article( $content_id );
		}
		$lines = $text ? Difference::between( $this->post->post_content, (string) ( $text['html'] ?? '' ) ) : array();
		return $lines || 'proposal' === $kind ? array(
			'kind'       => $kind,
			'content'    => $content_id,
			'title'      => (string) ( $text['title'] ?? '' ),
			'word_count' => (int) ( $text['word_count'] ?? 0 ),
			'lines'      => $lines,
		) : null;
	}

	/**
	 * The article's pictures that are drawn.
	 */
	private function images( string $content_id ): array {
		$answer = $this->ask( '/v1/writer/images/', array( 'content_id' => $content_id, 'page_size' => 50, 'ordering' => 'created_at' ) ); // phpcs:ignore WordPress.Arrays
		$drawn  = array_filter( (array) ( $answer['results'] ?? array() ), static fn( $one ) => ! empty( $one['sha256'] ) && 'mobile' !== $one['kind'] );
		return array_values(
			array_map(
				static fn( $one ) => array(
					'id'      => $one['id'],
					'kind'    => $one['kind'],
					'heading' => (string) $one['heading'],
					'alt'     => (string) $one['alt'],
					'url'     => Images_Controller::url( $one['id'] ),
				),
				$drawn
			)
		);
	}

	/**
	 * What the text cost.
	 */
	private function cost(): array {
		$run    = (string) ( Receipt_Words::provenance( $this->post->ID )['run'] ?? '' );
		$status = wp_is_uuid( $run ) ? $this->ask( '/v1/system/tasks/' . $run . '/status/' ) : array();
		return $status ? array(
			array(
				'label' => __( 'Cost', 'igny8' ),
				'value' => Money::text( $status['cost_usd'] ?? null ),
			),
		) : array();
	}

	/**
	 * The article with its text.
	 */
	private function article( string $content_id ): array {
		return $this->row( '/v1/writer/content/', $content_id, 'content' );
	}

	/**
	 * The rewritten text that waits for a decision; [] when there is none.
	 */
	private function proposal( string $content_id ): array {
		return (array) ( $this->ask( '/v1/writer/content/' . $content_id . '/proposal/' )['proposal'] ?? array() );
	}

	/**
	 * One row of the backend; [] without an id.
	 */
	private function row( string $path, string $id, string $name ): array {
		return '' === $id ? array() : (array) ( $this->ask( $path . $id . '/' )[ $name ] ?? array() );
	}

	/**
	 * Asks the backend, without patience; what it does not know is nothing, not a problem.
	 */
	private function ask( string $path, array $query = array() ): array {
		$answer              = $this->kept[ $path ] ?? Client::of_site()->get( $path, $query, false );
		$this->kept[ $path ] = $answer;
		if ( ! $answer instanceof WP_Error ) {
			return $answer;
		}
		$status        = $answer->get_error_data()['backend_status'] ?? 0;
		$this->problem = 404 === $status ? $this->problem : $answer->get_error_message();
		return array();
	}
}
