package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.Place;

/** Where something stands. Asked in the text's order, it looks at each character once. */
final class TextPlaces {
    private final String text;
    private int seen;
    private int line = 1;
    private int lineStart;

    TextPlaces(String text) {
        this.text = text;
    }

    Place of(int at) {
        if (at < seen) {
            seen = 0;
            line = 1;
            lineStart = 0;
        }
        for (; seen < Math.min(at, text.length()); seen++) {
            if (text.charAt(seen) == '\n') {
                line++;
                lineStart = seen + 1;
            }
        }
        return new Place(line, Math.min(at, text.length()) - lineStart + 1);
    }

    GoFault fault(int at, String words) {
        return new GoFault(words, of(at));
    }
}
