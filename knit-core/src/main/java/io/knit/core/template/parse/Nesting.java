package io.knit.core.template.parse;

import io.pebbletemplates.pebble.lexer.Token;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How deep a template's parts stand in each other, counted before anything walks through them: the parser, the checks and the
 * rendering go one call deeper for each, and how many of those a thread can take is no property of the template.
 */
final class Nesting {
    private static final int MAX_EXPRESSION = 500;
    private static final int MAX_TAGS = 100;
    private static final Set<String> OPENING = Set.of("if", "for", "macro");
    private static final Set<String> CLOSING = Set.of("endif", "endfor", "endmacro");

    /** Depth before each bracket that is open now. */
    private final Deque<Integer> brackets = new ArrayDeque<>();

    private int depth;
    private int tags;

    /** The first token that stands too deep. */
    static @Nullable Token tooDeep(List<Token> tokens) {
        Nesting nesting = new Nesting();
        for (int i = 0; i < tokens.size(); i++) {
            nesting.take(tokens.get(i), i == 0 ? null : tokens.get(i - 1));
            if (nesting.depth > MAX_EXPRESSION || nesting.tags > MAX_TAGS) {
                return tokens.get(i);
            }
        }
        return null;
    }

    private void take(Token token, @Nullable Token before) {
        switch (token.getType()) {
            case PRINT_START, EXECUTE_START -> {
                brackets.clear();
                depth = 0;
            }
            case STRING_INTERPOLATION_START -> open();
            case STRING_INTERPOLATION_END -> close();
            case OPERATOR -> depth++;
            case PUNCTUATION -> punctuation(token.getValue());
            case NAME -> {
                if (before != null && before.test(Token.Type.EXECUTE_START)) {
                    tags += OPENING.contains(token.getValue()) ? 1 : CLOSING.contains(token.getValue()) ? -1 : 0;
                }
            }
            case TEXT, NUMBER, LONG, STRING, PRINT_END, EXECUTE_END, EOF -> {}
        }
    }

    private void punctuation(String sign) {
        switch (sign) {
            case "(", "[", "{" -> open();
            case ")", "]", "}" -> close();
            case "?", "|", ".", ":" -> depth++;
            case "," -> depth = brackets.isEmpty() ? depth : brackets.peek() + 1;
            default -> {}
        }
    }

    private void open() {
        brackets.push(depth);
        depth++;
    }

    private void close() {
        if (!brackets.isEmpty()) {
            depth = brackets.pop() + 1;
        }
    }
}
