<?php
/**
 * The Keywords screen.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Import with a preview, and the table.
 */
final class Keywords_Page extends List_Page {

	/**
	 * The table.
	 */
	protected static function table(): List_Table {
		return new Keywords_Table();
	}

	/**
	 * Heading and search words.
	 */
	protected static function words(): array {
		return array( __( 'Keywords', 'igny8' ), __( 'Search keywords', 'igny8' ) );
	}

	/**
	 * Import, export, cluster.
	 */
	protected static function buttons(): string {
		return self::opener( __( 'Add keywords', 'igny8' ), 'igny8-import' )
			. self::exporter( 'keywords' )
			. self::button_for_all( __( 'Cluster all without a cluster', 'igny8' ), 'cluster_all' );
	}

	/**
	 * The form for new keywords; import.js reads files, asks for a preview and then adds.
	 */
	protected static function above(): void {
		?>
		<form id="igny8-import" class="igny8-card" hidden>
			<h2><?php esc_html_e( 'Add keywords', 'igny8' ); ?></h2>
			<p>
				<label for="igny8-import-text"><?php esc_html_e( 'One keyword a line, or the text of a CSV file', 'igny8' ); ?></label>
				<textarea id="igny8-import-text" name="text" rows="8" class="large-text" spellcheck="false" aria-describedby="igny8-import-hint" placeholder="<?php esc_attr_e( 'raised bed soil', 'igny8' ); ?>"></textarea>
				<span class="description" id="igny8-import-hint"><?php esc_html_e( 'With a first line that names the columns, volume, difficulty, intent and sector are read too. Commas, semicolons and tabs are understood, up to 10,000 lines.', 'igny8' ); ?></span>
			</p>
			<p>
				<label for="igny8-import-file"><?php esc_html_e( 'Or choose a file', 'igny8' ); ?></label>
				<input type="file" id="igny8-import-file" name="file" accept=".csv,.tsv,.txt,text/csv,text/plain">
			</p>
			<p class="igny8-buttons">
				<button type="submit" class="button" value="preview"><?php esc_html_e( 'Check', 'igny8' ); ?></button>
				<button type="submit" class="button button-primary" value="add"><?php esc_html_e( 'Add keywords', 'igny8' ); ?></button>
				<span class="igny8-form-answer" role="alert"></span>
			</p>
			<div class="igny8-report" hidden>
				<p role="status"></p>
				<div class="igny8-scroll igny8-report-lines" tabindex="0" role="region" aria-label="<?php esc_attr_e( 'Report per line', 'igny8' ); ?>">
					<table class="widefat striped">
						<thead><tr>
							<th scope="col"><?php esc_html_e( 'Line', 'igny8' ); ?></th>
							<th scope="col"><?php esc_html_e( 'Keyword', 'igny8' ); ?></th>
							<th scope="col"><?php esc_html_e( 'Result', 'igny8' ); ?></th>
						</tr></thead>
						<tbody></tbody>
					</table>
				</div>
			</div>
		</form>
		<?php
	}
}
