package io.knit.core.rules.process;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A device of the host, as {@code docker run --device} and Compose take it: {@code /dev/ttyUSB0}, {@code /dev/dri:/dev/dri:rw}. */
public final class DeviceWords {
    private static final Pattern ALONE = Pattern.compile("(/dev(?:/[A-Za-z0-9._+@-]+)+)");
    private static final Pattern FORM =
            Pattern.compile("(/dev(?:/[A-Za-z0-9._+@-]+)+)(?::(/dev(?:/[A-Za-z0-9._+@-]+)+))?(?::(r?w?m?))?");

    private DeviceWords() {}

    /** Where it is on the host. */
    static String onHost(String words) {
        int colon = words.indexOf(':');
        return colon < 0 ? words : words.substring(0, colon);
    }

    static boolean isPath(String path) {
        return ALONE.matcher(path).matches() && isPlain(path);
    }

    /** What is wrong with it, to be put after it; null: nothing. */
    public static @Nullable String fault(String words) {
        Matcher form = FORM.matcher(words);
        boolean rights =
                form.matches() && (form.group(3) == null || !form.group(3).isEmpty());
        return rights && isPlain(words)
                ? null
                : " is no device; give its path below /dev, perhaps where it is to be and what may be done: \"/dev/ttyUSB0:/dev/modem:rw\"";
    }

    /** A path that goes up would be another than the one that was allowed. */
    private static boolean isPlain(String path) {
        return !path.matches(".*/\\.{1,2}([/:].*)?");
    }
}
