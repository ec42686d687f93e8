package io.knit.core.template.parse;

import io.knit.core.spec.Delimiters;
import io.pebbletemplates.pebble.lexer.Token;
import io.pebbletemplates.pebble.lexer.TokenStream;
import java.util.List;

/**
 * Finds tokens in their text again, since Pebble's know only their line: by walking through the text from one token to the
 * next.
 */
final class TokenPositions {
    private final String content;
    private final Delimiters delimiters;
    private final List<Token> tokens;
    private int line = 1;
    private int lineStart;

    TokenPositions(String content, Delimiters delimiters, List<Token> tokens) {
        this.content = content;
        this.delimiters = delimiters;
        this.tokens = tokens;
    }

    /** Where the parser stopped. */
    Position current(TokenStream stream) {
        return Position.at(content, offset(tokens.indexOf(stream.current())));
    }

    private int offset(int index) {
        int cursor = 0;
        for (int i = 0; i <= index; i++) {
            Token token = tokens.get(i);
            int start = Math.max(cursor, token.test(Token.Type.TEXT) ? 0 : lineStartFor(token));
            int found = find(token, start);
            if (i == index) {
                return found;
            }
            cursor = end(token, found);
        }
        return cursor;
    }

    /** A string's line is that of its end; all others' that of their start. */
    private int lineStartFor(Token token) {
        boolean spansLines = token.test(Token.Type.STRING);
        return spansLines ? 0 : lineStart(token.getLineNumber());
    }

    /** Goes on from the line asked for last: the tokens' lines only grow, and the text may have a hundred thousand of both. */
    private int lineStart(int wanted) {
        while (line < wanted) {
            int end = content.indexOf('\n', lineStart);
            if (end < 0) {
                return content.length();
            }
            lineStart = end + 1;
            line++;
        }
        return lineStart;
    }

    private int find(Token token, int from) {
        String text = spelling(token);
        if (token.test(Token.Type.EOF)) {
            return content.length();
        }
        if (token.test(Token.Type.STRING)) {
            return skipSpace(from);
        }
        int found = content.indexOf(text, from);
        return found < 0 ? from : found;
    }

    private int end(Token token, int start) {
        if (!token.test(Token.Type.STRING) || start >= content.length()) {
            return start + spelling(token).length();
        }
        char quote = content.charAt(start);
        if (quote != '"' && quote != '\'') {
            return start + spelling(token).length();
        }
        for (int i = start + 1; i < content.length(); i++) {
            if (content.charAt(i) == '\\') {
                i++;
            } else if (content.charAt(i) == quote) {
                return i + 1;
            }
        }
        return content.length();
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < content.length() && Character.isWhitespace(content.charAt(i))) {
            i++;
        }
        return i;
    }

    private String spelling(Token token) {
        return switch (token.getType()) {
            case PRINT_START -> delimiters.open();
            case PRINT_END -> delimiters.close();
            case EXECUTE_START -> delimiters.tagOpen();
            case EXECUTE_END -> delimiters.tagClose();
            case STRING_INTERPOLATION_START -> "#{";
            case STRING_INTERPOLATION_END -> "}";
            case EOF -> "";
            case TEXT, NAME, NUMBER, LONG, STRING, OPERATOR, PUNCTUATION ->
                token.getValue() == null ? "" : token.getValue();
        };
    }
}
