package io.knit.core.template.parse;

import io.knit.core.spec.Delimiters;
import io.pebbletemplates.pebble.error.PebbleException;
import java.util.function.Consumer;

/**
 * Where the lexer stopped, of which it tells only the line. It reads left to right, so the shortest beginning of the text that
 * gives the same fault ends at the faulty character.
 */
final class LexicalPosition {
    private final String content;
    private final Delimiters delimiters;
    private final PebbleException fault;
    private final Consumer<String> lexer;

    LexicalPosition(String content, Delimiters delimiters, PebbleException fault, Consumer<String> lexer) {
        this.content = content;
        this.delimiters = delimiters;
        this.fault = fault;
        this.lexer = lexer;
    }

    Position find() {
        String message = fault.getPebbleMessage();
        if (message.startsWith("Unclosed verbatim")) {
            return Position.at(content, content.lastIndexOf(delimiters.tagOpen(), content.lastIndexOf("verbatim")));
        }
        int line = fault.getLineNumber() == null ? 1 : fault.getLineNumber();
        int low = Position.lineStart(content, line);
        int high = Position.lineEnd(content, line);
        if (!failsTheSame(high)) {
            return Position.endOf(content);
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (failsTheSame(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return Position.at(content, Math.max(0, low - 1));
    }

    private boolean failsTheSame(int length) {
        String beginning = content.substring(0, length);
        if (beginning.endsWith("\\")) {
            return false; // the lexer might not return
        }
        try {
            lexer.accept(beginning);
            return false;
        } catch (PebbleException e) {
            return e.getPebbleMessage().equals(fault.getPebbleMessage());
        } catch (IndexOutOfBoundsException e) {
            return false;
        }
    }
}
