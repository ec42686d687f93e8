package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.Place;
import java.util.Arrays;

/** Where something stands. Looks at each character once, in whatever order it is asked. */
final class TextPlaces {
    private final int length;
    /** Where each line begins. */
    private final int[] lines;

    TextPlaces(String text) {
        length = text.length();
        int[] found = new int[16];
        int count = 1;
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            if (count == found.length) {
                found = Arrays.copyOf(found, 2 * count);
            }
            found[count++] = at + 1;
        }
        lines = Arrays.copyOf(found, count);
    }

    Place of(int at) {
        int place = Math.min(at, length);
        int found = Arrays.binarySearch(lines, place);
        int line = found < 0 ? -found - 2 : found;
        return new Place(line + 1, place - lines[line] + 1);
    }

    GoFault fault(int at, String words) {
        return new GoFault(words, of(at));
    }
}
