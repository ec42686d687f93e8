package io.knit.core.server.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The document as people read it, a page without scripts. Made when it is first asked for, and kept. Thread-safe. */
public final class DocsPage {
    /** Where it is, for who answers everything else. */
    public static final Map<String, String> PATHS = Map.of("/docs", "GET, HEAD");

    private final Supplier<? extends JsonNode> document;
    private volatile @Nullable String page;

    /** @param document as {@link OpenApi} gives it */
    public DocsPage(Supplier<? extends JsonNode> document) {
        this.document = document;
    }

    public String html() {
        String known = page;
        if (known == null) {
            known = render();
            page = known;
        }
        return known;
    }

    private String render() {
        ClasspathLoader loader = new ClasspathLoader(DocsPage.class.getClassLoader());
        loader.setPrefix("io/knit/core/docs/");
        StringWriter written = new StringWriter();
        try {
            new PebbleEngine.Builder()
                    .loader(loader)
                    .autoEscaping(true)
                    .strictVariables(true)
                    .defaultLocale(Locale.ROOT)
                    .build()
                    .getTemplate("docs.peb")
                    .evaluate(written, new Described(document.get()).model());
        } catch (IOException e) {
            throw new UncheckedIOException("the page of the API could not be rendered", e);
        }
        return written.toString();
    }
}
