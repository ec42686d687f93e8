package io.knit.core.rules.process;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An option of the engine's that loosens or tightens what keeps a container apart, as {@code docker run --security-opt} and Compose take it. */
public final class SecurityWords {
    private static final Pattern TIGHTER = Pattern.compile("no-new-privileges([:=]true)?|apparmor[:=]docker-default");
    private static final Pattern LOOSER = Pattern.compile(
            "(seccomp|systempaths)[:=]unconfined|apparmor[:=][A-Za-z0-9_./-]{1,128}|label[:=](disable|(user|role|type|level):[A-Za-z0-9_.:-]{1,128})");

    private SecurityWords() {}

    /** What is wrong with it, to be put after it; null: nothing. */
    public static @Nullable String fault(String option) {
        if (option.startsWith("no-new-privileges") && option.endsWith("false")) {
            return " is another field: give no_new_privileges: false";
        }
        return TIGHTER.matcher(option).matches() || LOOSER.matcher(option).matches()
                ? null
                : " can't be given; give no-new-privileges, seccomp=unconfined, apparmor=PROFILE, label=disable, label=type:TYPE or systempaths=unconfined";
    }

    /** Whether a container with it is kept apart as much as one without. */
    static boolean isHarmless(String option) {
        return TIGHTER.matcher(option).matches();
    }

    /** The one spelling of it: an equals sign behind its first word. */
    public static String plain(String option) {
        return option.replaceFirst("[:=]", "=");
    }
}
