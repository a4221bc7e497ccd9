<?php
/**
 * The cheap rules of WordPress's Plugin Check, each as a function from code to what breaks it.
 *
 * @package Igny8
 */

/**
 * Reads tokens, never runs what it reads.
 */
final class Igny8_DirectoryRules {

	const SAFE = '/^(esc_\w+|wp_kses\w*|absint|intval|wp_json_encode|selected|checked|disabled|isset|empty)$/';

	/** Calls that only put together what stands in them. */
	const NEUTRAL = array( 'printf', 'sprintf', 'implode', 'count' );

	/**
	 * Output that is not escaped where it is printed.
	 *
	 * @return string[] Lines.
	 */
	public static function unescaped( string $code ): array {
		$found  = array();
		$code   = self::without_explained( $code );
		$lines  = explode( "\n", $code );
		$tokens = array_values( array_filter( token_get_all( $code ), static fn( $token ) => ! is_array( $token ) || T_WHITESPACE !== $token[0] ) );
		foreach ( $tokens as $at => $token ) {
			$prints = is_array( $token ) && ( in_array( $token[0], array( T_ECHO, T_OPEN_TAG_WITH_ECHO, T_PRINT ), true ) || ( T_STRING === $token[0] && 'printf' === $token[1] ) );
			$line   = is_array( $token ) ? $lines[ $token[2] - 1 ] : '';
			if ( $prints && false === strpos( $line, 'phpcs:ignore WordPress.Security.EscapeOutput --' ) && self::prints_raw( $tokens, $at ) ) {
				$found[] = trim( $line );
			}
		}
		return $found;
	}

	/**
	 * The code without the stretches that say why their output is safe.
	 */
	private static function without_explained( string $code ): string {
		return (string) preg_replace_callback(
			'/phpcs:disable WordPress\.Security\.EscapeOutput -- \S.*?phpcs:enable/s',
			static fn( $found ) => str_repeat( "\n", substr_count( $found[0], "\n" ) ) . '//',
			$code
		);
	}

	/**
	 * Whether the statement from this token on prints a value that went through no escaping function.
	 */
	private static function prints_raw( array $tokens, int $at ): bool {
		$calls = array();
		$name  = '';
		for ( $i = $at; isset( $tokens[ $i ] ) && ';' !== $tokens[ $i ]; $i++ ) {
			$token   = $tokens[ $i ];
			$is_safe = (bool) array_filter( $calls, static fn( $call ) => preg_match( self::SAFE, $call ) );
			$is_call = is_array( $token ) && T_STRING === $token[0] && '(' === ( $tokens[ $i + 1 ] ?? '' );
			if ( '(' === $token ) {
				$calls[] = self::is_cast( $tokens[ $i - 1 ] ) ? 'absint' : $name;
			} elseif ( ')' === $token ) {
				array_pop( $calls );
			} elseif ( is_array( $token ) && T_CLOSE_TAG === $token[0] ) {
				return false;
			} elseif ( ! $is_safe && ! self::is_cast( $tokens[ $i - 1 ] ?? '' ) && self::is_raw( $token, $is_call ) && ! self::is_condition( $tokens, $i ) ) {
				return true;
			}
			$name = is_array( $token ) && in_array( $token[0], array( T_STRING, T_EMPTY, T_ISSET ), true ) ? $token[1] : '';
		}
		return false;
	}

	private static function is_cast( $token ): bool {
		return is_array( $token ) && in_array( $token[0], array( T_INT_CAST, T_DOUBLE_CAST ), true );
	}

	private static function is_raw( $token, bool $is_call ): bool {
		$is_value = is_array( $token ) && T_VARIABLE === $token[0];
		return $is_value || ( $is_call && ! preg_match( self::SAFE, $token[1] ) && ! in_array( $token[1], self::NEUTRAL, true ) );
	}

	/**
	 * What stands before a question mark is asked, not printed.
	 */
	private static function is_condition( array $tokens, int $at ): bool {
		for ( $i = $at, $depth = 0; isset( $tokens[ $i ] ) && ';' !== $tokens[ $i ]; $i++ ) {
			$depth += '(' === $tokens[ $i ] || '[' === $tokens[ $i ] ? 1 : ( ')' === $tokens[ $i ] || ']' === $tokens[ $i ] ? -1 : 0 );
			if ( $depth < 0 || ( 0 === $depth && in_array( $tokens[ $i ], array( ',', '.' ), true ) ) ) {
				return false;
			}
			if ( 0 === $depth && '?' === $tokens[ $i ] ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What must not stand in PHP at all, by the reason.
	 *
	 * @return string[]
	 */
	public static function forbidden( string $code ): array {
		$rules = array(
			'runs code or programs'        => '/\b(eval|create_function|assert|exec|shell_exec|system|passthru|proc_open|popen|extract)\s*\(/',
			'hides text'                   => '/\b(base64_decode|str_rot13|gzinflate|gzuncompress|hex2bin)\s*\(/',
			'heredoc'                      => '/<<<[\'"A-Z]/',
			'remote address'               => '#https?://(?!www\.gnu\.org/licenses/)[a-z0-9]#i',
			'script or style in the page'  => '/<(script|style|link)\b/i',
			'short tag'                    => '/<\?(?!php|=|xml)/',
			'redirect without safety'      => '/\bwp_redirect\s*\(/',
			'upload without filter'        => '/ALLOW_UNFILTERED_UPLOADS|move_uploaded_file/',
			'input without cleaning'       => '/^(?!.*(isset|empty|sanitize_|absint|phpcs:ignore)).*\$_(GET|POST|REQUEST|COOKIE|SERVER|FILES)\b.*$/m',
			'query without prepare'        => '/\$wpdb->(query|get_var|get_col|get_row|get_results)\(\s*+(?:\/\/[^\n]*\n\s*+)?+(?!\$wpdb->prepare)/',
			'name without our prefix'      => '/\b(do_action|apply_filters|set_transient|get_transient|wp_schedule_event|wp_schedule_single_event|define)\(\s*[\'"](?!igny8_|IGNY8_)/',
			'text without our text domain' => '/\b(__|_e|esc_html__|esc_html_e|esc_attr__|esc_attr_e)\( \'(?:[^\'\\\\]|\\\\.)*\' \)/',
			'open to everybody'            => '/(permission_callback|Routes::add)[^\n]*__return_true/',
		);
		return self::matching( $rules, (string) preg_replace( '#^\s*(\*|//).*$#m', '', $code ) );
	}

	/**
	 * What must not stand in our scripts.
	 *
	 * @return string[]
	 */
	public static function forbidden_in_scripts( string $code ): array {
		$rules = array(
			'markup from a text'           => '/\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML/',
			'runs a text'                  => '/\beval\s*\(|new Function\b|setTimeout\(\s*[\'"]/',
			'remote address'               => '#https?://[a-z0-9]#i',
			'own library'                  => '/\bimport\s|require\(|\bReactDOM\b/',
			'text without our text domain' => '/\b__\( \'(?:[^\'\\\\]|\\\\.)*\' \)/',
		);
		$code  = (string) preg_replace( '#^\s*(/?\*|//).*$#m', '', $code );
		$found = self::matching( $rules, $code );
		return preg_match( '/^(var|let|const|function)\s/m', $code ) ? array_merge( $found, array( 'global name' ) ) : $found;
	}

	/**
	 * The reasons whose patterns match.
	 *
	 * @return string[]
	 */
	private static function matching( array $rules, string $code ): array {
		return array_keys( array_filter( $rules, static fn( $rule ) => preg_match( $rule, $code ) ) );
	}
}
