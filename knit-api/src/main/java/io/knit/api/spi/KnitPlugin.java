package io.knit.api.spi;

import java.util.List;

/**
 * The root that {@link java.util.ServiceLoader} finds: list the implementation in
 * {@code META-INF/services/io.knit.api.spi.KnitPlugin}. It needs a public constructor without parameters, which does nothing.
 */
public interface KnitPlugin {
    /** What this plugin can make; asked once. */
    List<PluginFactory<?>> factories();
}
