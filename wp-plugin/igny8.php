<?php
/**
 * Plugin Name:       IGNY8
 * Description:       Turns keywords and ideas into reviewed, illustrated posts through your IGNY8 service.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            IGNY8
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       igny8
 * Domain Path:       /languages
 *
 * @package Igny8
 */

defined( 'ABSPATH' ) || exit;

define( 'IGNY8_FILE', __FILE__ );

require __DIR__ . '/includes/autoload.php';

if ( Igny8\Requirements::met() ) {
	register_activation_hook( __FILE__, array( 'Igny8\Capabilities', 'install' ) );
	register_deactivation_hook( __FILE__, array( 'Igny8\Sync', 'stop' ) );
	Igny8\Plugin::boot();
}
