package io.knit.core.rules;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The grammar of image references, as registries and engines share it: {@code [host[:port]/]path[:tag][@digest]}. */
public final class ImageReference {
    private static final int MAX_NAME = 255;
    /** With what stands before it, it is a key of a store: those have 255 characters at most. */
    private static final int LONGEST_HOST = 200;

    private static final String DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private static final String DOMAIN =
            "(?:" + DOMAIN_PART + "(?:\\." + DOMAIN_PART + ")*|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?";
    private static final String PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern NAME = Pattern.compile("(?:" + DOMAIN + "/)?" + PATH_PART + "(?:/" + PATH_PART + ")*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern DIGEST =
            Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}");
    private static final Pattern SHA256 = Pattern.compile("sha256:[0-9a-f]{64}");

    private static final Pattern HOST = Pattern.compile(DOMAIN);
    private static final String DEFAULT_REGISTRY = "docker.io";
    /** Other names of the default registry. */
    private static final Set<String> HUB = Set.of(DEFAULT_REGISTRY, "index.docker.io", "registry-1.docker.io");

    private ImageReference() {}

    /** What is wrong with it and what to do; null if nothing is. */
    public static @Nullable String fault(String image) {
        if (image.isEmpty()) {
            return "is empty; give an image, like nginx:1.27";
        }
        if (image.length() > 1000) {
            return "is longer than 1000 characters; give an image, like nginx:1.27";
        }
        if (image.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            return "has a space or control character in it; remove it";
        }
        String rest = image;
        int at = rest.indexOf('@');
        if (at >= 0) {
            String digest = rest.substring(at + 1);
            rest = rest.substring(0, at);
            if (!DIGEST.matcher(digest).matches()
                    || (digest.startsWith("sha256:") && !SHA256.matcher(digest).matches())) {
                return "has a wrong digest after the @; give it as sha256: and 64 digits of 0-9 a-f";
            }
        }
        int colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
        if (colon >= 0) {
            if (!TAG.matcher(rest.substring(colon + 1)).matches()) {
                return "has a wrong tag \"" + rest.substring(colon + 1)
                        + "\"; a tag is 1 to 128 of A-Z a-z 0-9 _ . - and starts with none of . -";
            }
            rest = rest.substring(0, colon);
        }
        return nameFault(rest);
    }

    /** Host of the registry that an image is of, with its port if one is said: {@code docker.io} where none is. */
    public static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash).toLowerCase(Locale.ROOT);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return !host || HUB.contains(first) ? DEFAULT_REGISTRY : first;
    }

    /** Whether it says by its bytes, and not by a name alone, what it is. */
    public static boolean hasDigest(String image) {
        return image.indexOf('@') >= 0;
    }

    /** Whether it is a digest as registries give them: {@code sha256:} and 64 digits. */
    public static boolean isDigest(String digest) {
        return SHA256.matcher(digest).matches();
    }

    /** As engines list it: with its tag, and without what goes without saying of the default registry. */
    public static String familiar(String image) {
        String rest = image;
        if (registry(rest).equals(DEFAULT_REGISTRY)) {
            int slash = rest.indexOf('/');
            if (slash > 0 && HUB.contains(rest.substring(0, slash).toLowerCase(Locale.ROOT))) {
                rest = rest.substring(slash + 1);
            }
            if (rest.startsWith("library/") && rest.indexOf('/') == rest.lastIndexOf('/')) {
                rest = rest.substring("library/".length());
            }
        }
        boolean named = hasDigest(rest) || rest.indexOf(':', rest.lastIndexOf('/') + 1) >= 0;
        return named ? rest : rest + ":latest";
    }

    /** The image of that digest, wherever its tag is by now. */
    public static String pinned(String image, String digest) {
        return image + "@" + digest;
    }

    /** What is wrong with a registry's host and what to do; null if nothing is. */
    public static @Nullable String registryFault(String host) {
        if (host.length() > LONGEST_HOST) {
            return "is longer than " + LONGEST_HOST + " characters; give it as images begin with it";
        }
        if (!HOST.matcher(host).matches()) {
            return "is no host of a registry; give it as images begin with it, in lower case, with its port if it has one: registry.example:5000";
        }
        return registry(host + "/image").equals(host)
                ? null
                : "is not how images call it; give " + registry(host + "/image");
    }

    private static @Nullable String nameFault(String name) {
        if (name.length() > MAX_NAME) {
            return "has a name of more than " + MAX_NAME + " characters; give a shorter one";
        }
        if (name.contains("://")) {
            return "is a URL; leave out everything up to the //";
        }
        if (NAME.matcher(name).matches()) {
            return null;
        }
        boolean upperCase = !name.equals(name.toLowerCase(Locale.ROOT))
                && NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
        return upperCase
                ? "has upper case letters; image names are lower case: " + name.toLowerCase(Locale.ROOT)
                : "is not an image reference; write [registry/]name[:tag][@digest] with the name in a-z 0-9 and . _ - / between";
    }
}
