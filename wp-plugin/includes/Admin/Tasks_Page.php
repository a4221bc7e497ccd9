<?php
/**
 * The Tasks screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Form for a new task, and the table.
 */
final class Tasks_Page extends List_Page {

	/**
	 * The table.
	 */
	protected static function table(): List_Table {
		return new Tasks_Table();
	}

	/**
	 * Heading and search words.
	 */
	protected static function words(): array {
		return array( __( 'Tasks', 'igny8' ), __( 'Search tasks', 'igny8' ) );
	}

	/**
	 * The way to the form, and the export.
	 */
	protected static function buttons(): string {
		return self::opener( __( 'Add task', 'igny8' ), 'igny8-new-task' ) . self::exporter( 'tasks' );
	}

	/**
	 * The form for a new task; lists.js sends it.
	 */
	protected static function above(): void {
		?>
		<form id="igny8-new-task" class="igny8-card" hidden>
			<h2><?php esc_html_e( 'Add a task', 'igny8' ); ?></h2>
			<p>
				<label for="igny8-title"><?php esc_html_e( 'Title', 'igny8' ); ?></label>
				<input type="text" id="igny8-title" name="title" maxlength="300" required class="large-text">
			</p>
			<p>
				<label for="igny8-keywords"><?php esc_html_e( 'Keywords', 'igny8' ); ?></label>
				<input type="text" id="igny8-keywords" name="keywords" class="large-text" aria-describedby="igny8-keywords-hint">
				<span class="description" id="igny8-keywords-hint"><?php esc_html_e( 'Separated by commas. The first one matters most.', 'igny8' ); ?></span>
			</p>
			<p>
				<label for="igny8-description"><?php esc_html_e( 'What should it say? (optional)', 'igny8' ); ?></label>
				<textarea id="igny8-description" name="description" rows="3" maxlength="5000" class="large-text"></textarea>
			</p>
			<p>
				<label for="igny8-words"><?php esc_html_e( 'Words (optional)', 'igny8' ); ?></label>
				<input type="number" id="igny8-words" name="word_count" min="100" max="10000" step="50" class="small-text" placeholder="1200">
			</p>
			<p>
				<button type="submit" class="button button-primary"><?php esc_html_e( 'Add task', 'igny8' ); ?></button>
				<span class="igny8-form-answer" role="alert"></span>
			</p>
		</form>
		<?php
	}
}
