package io.knit.core.server.compose.take;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parts a text into words as a shell does: at spaces outside of quotes. Nothing else of a shell is in it. */
final class ShellWords {
    private ShellWords() {}

    /** Empty: a quote is not closed. */
    static Optional<List<String>> of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escapes = c == '\\' && quote != '\'' && i + 1 < text.length();
            if (escapes && (quote == 0 || "\"\\$`\n".indexOf(text.charAt(i + 1)) >= 0)) {
                word.append(text.charAt(++i));
                begun = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                begun = true;
            } else if (Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return quote == 0 ? Optional.of(words) : Optional.empty();
    }
}
