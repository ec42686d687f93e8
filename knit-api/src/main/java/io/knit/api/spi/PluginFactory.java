package io.knit.api.spi;

import io.vertx.core.Future;

/**
 * Makes components of one SPI.
 *
 * @param <T> the SPI
 */
public interface PluginFactory<T extends Component> {
    /** The SPI's interface. */
    Class<T> spi();

    /** Short, lower case, unique for its SPI on a class path: {@code docker}, {@code nats}. */
    String name();

    /**
     * Makes a component that is ready for use. Failing the future makes the start of the server or agent fail with this
     * plugin's name in the message.
     */
    Future<T> create(PluginConfig config, PluginContext context);
}
