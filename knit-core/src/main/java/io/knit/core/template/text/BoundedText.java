package io.knit.core.template.text;

import java.io.Writer;

/** What is written, up to a length: it ends as soon as it is longer. */
final class BoundedText extends Writer {
    private final StringBuilder text = new StringBuilder();
    private final int most;

    BoundedText(int most) {
        this.most = most;
    }

    @Override
    public void write(char[] signs, int from, int length) {
        requireRoom(length);
        text.append(signs, from, length);
    }

    @Override
    public void write(String words, int from, int length) {
        requireRoom(length);
        text.append(words, from, from + length);
    }

    BoundedText add(String words) {
        write(words, 0, words.length());
        return this;
    }

    private void requireRoom(int length) {
        if (text.length() + length > most) {
            throw new UnfitException("a value is larger than " + most + " characters or elements");
        }
    }

    @Override
    public void flush() {
        // all is there at once
    }

    @Override
    public void close() {
        // holds nothing
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
