package io.knit.launcher.remote.care;

/**
 * Something that is the matter.
 *
 * @param grave whether something does not work; else it is only worth knowing
 * @param about what it is the matter with, such as {@code node n1}
 * @param what in words
 * @param mend what to do
 */
record Finding(boolean grave, String about, String what, String mend) {
    static Finding grave(String about, String what, String mend) {
        return new Finding(true, about, what, mend);
    }

    static Finding slight(String about, String what, String mend) {
        return new Finding(false, about, what, mend);
    }
}
