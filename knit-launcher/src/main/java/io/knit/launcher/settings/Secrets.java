package io.knit.launcher.settings;

import java.util.regex.Pattern;

/** Keeps passwords out of what is printed. */
public final class Secrets {
    private static final Pattern USER_INFO = Pattern.compile("//[^/@,\\s]*@");
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)([?&;](?:password|user|token|pass|sslpassword)=)[^&;\\s]*");

    private Secrets() {}

    /** A URL, or several, without user, password and token. */
    public static String hide(String url) {
        return PARAMETER.matcher(USER_INFO.matcher(url).replaceAll("//***@")).replaceAll("$1***");
    }
}
