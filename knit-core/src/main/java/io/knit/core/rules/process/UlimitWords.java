package io.knit.core.rules.process;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A limit of a process, as {@code docker run --ulimit} takes it behind the name: {@code 1024} or {@code 1024:2048}. */
public final class UlimitWords {
    private static final Pattern FORM = Pattern.compile("(-1|\\d{1,18})(?::(-1|\\d{1,18}))?");

    private UlimitWords() {}

    /** What is wrong with it, to be put after it; null: nothing. */
    public static @Nullable String fault(String words) {
        Matcher form = FORM.matcher(words);
        if (!form.matches()) {
            return " is no limit; give a number, or two as \"1024:2048\", or \"-1\" for none";
        }
        long soft = Long.parseLong(form.group(1));
        long hard = form.group(2) == null ? soft : Long.parseLong(form.group(2));
        return hard != -1 && (soft == -1 || soft > hard)
                ? " has a soft limit above its hard one; give the smaller number first"
                : null;
    }
}
