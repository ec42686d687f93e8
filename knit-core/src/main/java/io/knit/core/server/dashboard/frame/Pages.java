package io.knit.core.server.dashboard.frame;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/** Our own pages and files from the class path; what they show is escaped. Thread-safe. */
public final class Pages {
    private static final String FOLDER = "io/knit/core/dashboard/";

    private final PebbleEngine pebble;

    public Pages() {
        ClasspathLoader loader = new ClasspathLoader(Pages.class.getClassLoader());
        loader.setPrefix(FOLDER);
        pebble = new PebbleEngine.Builder()
                .loader(loader)
                .autoEscaping(true)
                .strictVariables(true)
                .defaultLocale(Locale.ROOT)
                .build();
    }

    /** @param model of which all that the page asks for must be there */
    public String render(String page, Map<String, Object> model) {
        StringWriter writer = new StringWriter();
        try {
            pebble.getTemplate(page).evaluate(writer, model);
        } catch (IOException e) {
            throw new UncheckedIOException("the page " + page + " could not be rendered", e);
        }
        return writer.toString();
    }

    static byte[] file(String name) {
        try (InputStream in = Pages.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the file " + FOLDER + name + " is missing from Knit's jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + FOLDER + name + " can't be read", e);
        }
    }
}
