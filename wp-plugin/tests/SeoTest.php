<?php
/**
 * Search fields in the words of each SEO plugin, and what we tell ourselves where there is none.
 *
 * @package Igny8
 */

use Igny8\Content\Meta;
use Igny8\Content\Schema_Head;
use Igny8\Content\Seo_Head;

class SeoTest extends Igny8_TestCase {

	const UUID = '11111111-2222-4333-8444-555555555555';
	const SEO  = array( 'title' => 'Search "title" \\ 5', 'description' => "What it's about", 'focus' => 'apple trees' );
	const FAQ  = array( array( 'question' => 'Why prune?', 'answer' => 'For light & fruit.' ) );
	const TEXT = '<p>Prune.</p><h2>FAQ</h2><h3>Why prune?</h3><p>For light &amp; fruit.</p>';

	protected function tearDown(): void {
		wp_reset_query();
		parent::tearDown();
	}

	private function put( array $changes = array() ): array {
		$this->as_service();
		$document = array_merge( array( 'title' => 'A title', 'content' => self::TEXT, 'status' => 'publish', 'seo' => self::SEO, 'faq' => self::FAQ ), $changes );
		$receipt  = $this->rest( 'PUT', '/igny8/v1/content/' . self::UUID, $document )->get_data();
		query_posts( array( 'p' => $receipt['id'] ) );
		return $receipt;
	}

	private function head(): string {
		ob_start();
		Seo_Head::description();
		Schema_Head::render();
		return Seo_Head::title( '' ) . ob_get_clean();
	}

	private function types(): array {
		preg_match( '#<script type="application/ld\+json">(.*?)</script>#s', $this->head(), $found );
		return $found ? array_column( json_decode( $found[1], true )['@graph'], '@type' ) : array();
	}

	/** Constant that shows the plugin, name, meta keys. */
	public function plugins(): array {
		return array(
			'Yoast'     => array( 'WPSEO_VERSION', 'yoast', array( '_yoast_wpseo_title', '_yoast_wpseo_metadesc', '_yoast_wpseo_focuskw' ) ),
			'Rank Math' => array( 'RANK_MATH_VERSION', 'rankmath', array( 'rank_math_title', 'rank_math_description', 'rank_math_focus_keyword' ) ),
			'SEOPress'  => array( 'SEOPRESS_VERSION', 'seopress', array( '_seopress_titles_title', '_seopress_titles_desc', '_seopress_analysis_target_kw' ) ),
		);
	}

	/**
	 * @dataProvider plugins
	 * @runInSeparateProcess
	 * @preserveGlobalState disabled
	 */
	public function test_the_active_plugin_gets_the_fields_and_we_are_silent( string $constant, string $name, array $keys ): void {
		define( $constant, '99.0' );
		$receipt = $this->put();
		$this->assertSame( array( 'state' => 'applied', 'plugin' => $name ), ( (array) $receipt['fields'] )['seo'] );
		$this->assertSame( array_values( self::SEO ), array_map( static fn( $key ) => get_post_meta( $receipt['id'], $key, true ), $keys ) );
		$this->assertSame( '', get_post_meta( $receipt['id'], Meta::SEO_TITLE, true ) );
		$this->assertSame( array( 'FAQPage' ), $this->types(), 'the article is the plugin\'s' );
		$this->assertStringNotContainsString( 'name="description"', $this->head() );
		$this->assertSame( 'theirs', Seo_Head::title( 'theirs' ) );
	}

	/**
	 * AIOSEO keeps a table of its own behind a field of the post.
	 *
	 * @runInSeparateProcess
	 * @preserveGlobalState disabled
	 */
	public function test_aioseo_gets_the_fields_through_its_rest_field(): void {
		define( 'AIOSEO_VERSION', '99.0' );
		$taken = array();
		$keep  = static function ( $value, $post ) use ( &$taken ) {
			$taken[ $post->ID ] = $value;
		};
		add_action( 'rest_api_init', static fn() => register_rest_field( 'post', 'aioseo_meta_data', array( 'update_callback' => $keep ) ) );
		$receipt = $this->put();
		$this->assertSame( array( 'state' => 'applied', 'plugin' => 'aioseo' ), ( (array) $receipt['fields'] )['seo'] );
		$wanted = array( 'title' => self::SEO['title'], 'description' => self::SEO['description'], 'keyphrases' => array( 'focus' => array( 'keyphrase' => self::SEO['focus'] ) ) );
		$this->assertSame( array( $receipt['id'] => $wanted ), $taken );
		$this->assertSame( array( 'FAQPage' ), $this->types() );
		$this->assertStringNotContainsString( 'name="description"', $this->head() );
	}

	/**
	 * An AIOSEO that no longer knows the field must not look like success.
	 *
	 * @runInSeparateProcess
	 * @preserveGlobalState disabled
	 */
	public function test_an_aioseo_without_its_field_is_told_as_failed(): void {
		define( 'AIOSEO_VERSION', '99.0' );
		$this->assertSame( array( 'state' => 'failed', 'plugin' => 'aioseo' ), ( (array) $this->put()['fields'] )['seo'] );
	}

	public function test_without_an_seo_plugin_we_tell_of_the_article_and_its_questions(): void {
		$this->put();
		$this->assertSame( array( 'Article', 'FAQPage' ), $this->types() );
		$this->assertStringContainsString( 'name="description"', $this->head() );
	}

	public function test_a_site_may_have_its_own_say(): void {
		$this->put();
		add_filter( 'igny8_schema', '__return_empty_array' );
		$this->assertSame( array(), $this->types() );
	}

	public function test_questions_that_readers_no_longer_find_are_not_told(): void {
		$id = $this->put()['id'];
		wp_update_post( array( 'ID' => $id, 'post_content' => '<h3>Why prune?</h3><p>No reason.</p>' ) );
		query_posts( array( 'p' => $id ) );
		$this->assertSame( array( 'Article' ), $this->types() );
	}

	public function test_questions_of_an_seo_plugins_block_are_told_by_it_alone(): void {
		$this->put( array( 'content' => self::TEXT . '<!-- wp:yoast/faq-block --><div></div><!-- /wp:yoast/faq-block -->' ) );
		$this->assertSame( array( 'Article' ), $this->types() );
	}

	public function test_an_article_that_lost_its_questions_tells_none(): void {
		$this->put();
		$this->put( array( 'faq' => array() ) );
		$this->assertSame( array( 'Article' ), $this->types() );
	}

	public function test_nothing_is_told_of_what_not_everybody_may_read(): void {
		$id = $this->put()['id'];
		query_posts( array( 'post_type' => 'post' ) );
		$this->assertSame( '', $this->head(), 'a list' );
		query_posts( array( 'p' => $id, 'preview' => 'true' ) );
		$this->assertSame( '', $this->head(), 'a preview' );
		wp_update_post( array( 'ID' => $id, 'post_password' => 'secret' ) );
		query_posts( array( 'p' => $id ) );
		$this->assertSame( '', $this->head(), 'behind a password' );
		wp_update_post( array( 'ID' => $id, 'post_password' => '', 'post_status' => 'private' ) );
		$this->as_role( 'administrator' );
		query_posts( array( 'p' => $id ) );
		$this->assertSame( '', $this->head(), 'private, although this reader may see it' );
		$other = wp_insert_post( array( 'post_title' => 'x', 'post_content' => 'y', 'post_status' => 'publish' ) );
		query_posts( array( 'p' => $other ) );
		$this->assertSame( '', $this->head(), 'not ours' );
	}
}
