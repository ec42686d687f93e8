package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.core.spec.FieldLimits;
import io.knit.core.template.WholeText;
import java.util.List;

/** Whether a command can be run in a container. */
final class CommandRules {
    private CommandRules() {}

    static void check(String pointer, String name, List<String> words, FieldLimits limits, Refusals refusals) {
        if (words.size() > limits.entries()) {
            refusals.add(pointer, TOO_LARGE, name + " has more than " + limits.entries() + " words");
        }
        for (int i = 0; i < words.size() && !refusals.full(); i++) {
            String word = words.get(i);
            String unwritable = WholeText.fault(word);
            if (unwritable != null) {
                refusals.add(pointer + "/" + i, INVALID_VALUE, name + ": a word " + unwritable);
            } else if (word.indexOf('\0') >= 0) {
                refusals.add(pointer + "/" + i, INVALID_VALUE, name + ": a word has a NUL character; remove it");
            } else if (word.length() > limits.length()) {
                refusals.add(
                        pointer + "/" + i,
                        TOO_LARGE,
                        name + ": a word has " + word.length() + " characters; give " + limits.length() + " at most");
            }
        }
    }
}
