<?php
/**
 * The “collect now” button.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Sync;

defined( 'ABSPATH' ) || exit;

/**
 * POST collect: fetches due deliveries at once instead of waiting for the next time.
 */
final class Collect_Controller {

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		Routes::add( 'POST', '/collect', array( Sync::class, 'run' ), array( Contents_Controller::class, 'may_publish' ) );
	}
}
