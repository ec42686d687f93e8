package io.knit.core.server.compose.key;

/**
 * A key of the Compose Specification, and what becomes of it. What is below one that is not taken goes with it.
 *
 * @param path its names from the top, {@code *} for what the file's author names, such as {@code services.*.image}
 * @param words what it is taken as, or why it is not
 * @param instead what to write instead; empty where there is nothing to be written
 */
public record ComposeKey(String path, Fate fate, String words, String instead) {

    /** What becomes of a key. */
    public enum Fate {
        /** It is in the spec. */
        TAKEN,
        /** It is left out, which changes nothing of what runs, and a remark says so. */
        REMARKED,
        /** Without it something else would run: nothing is deployed. */
        REFUSED
    }

    /** The last of its names. */
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    static ComposeKey taken(String path, String as) {
        return new ComposeKey(path, Fate.TAKEN, as, "");
    }

    static ComposeKey remarked(String path, String why, String instead) {
        return new ComposeKey(path, Fate.REMARKED, why, instead);
    }

    static ComposeKey refused(String path, String why, String instead) {
        return new ComposeKey(path, Fate.REFUSED, why, instead);
    }
}
