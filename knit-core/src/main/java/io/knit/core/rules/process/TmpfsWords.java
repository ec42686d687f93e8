package io.knit.core.rules.process;

import io.knit.core.rules.DestinationRules;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A folder in memory, as {@code docker run --tmpfs} and Compose take it: {@code /run:size=64m,mode=755}. */
public final class TmpfsWords {
    private static final Set<String> FLAGS = Set.of("exec", "noexec", "ro", "rw", "nosuid", "nodev");
    private static final Pattern SIZE = Pattern.compile("size=[1-9]\\d{0,15}[kKmMgG]?|size=([1-9]\\d?|100)%");
    private static final Pattern MODE = Pattern.compile("mode=[01]?[0-7]{3}");
    private static final Pattern NUMBER = Pattern.compile("(uid|gid|nr_inodes)=\\d{1,9}");
    private static final String OPTIONS =
            "give size=64m, mode=755, uid=, gid=, nr_inodes=, exec, noexec, ro or rw, parted by commas";

    private TmpfsWords() {}

    /** Where in the container it is. */
    public static String path(String words) {
        int colon = words.indexOf(':');
        return colon < 0 ? words : words.substring(0, colon);
    }

    /** What is wrong with it, to be put after it; null: nothing. */
    public static @Nullable String fault(String words) {
        String path = path(words);
        String where = DestinationRules.fault(path);
        if (where != null) {
            return " " + where;
        }
        if (path.length() == words.length()) {
            return null;
        }
        for (String option : words.substring(path.length() + 1).split(",", -1)) {
            boolean known = FLAGS.contains(option)
                    || SIZE.matcher(option).matches()
                    || MODE.matcher(option).matches()
                    || NUMBER.matcher(option).matches();
            if (!known) {
                return " has an option that can't be given; " + OPTIONS;
            }
        }
        return null;
    }
}
