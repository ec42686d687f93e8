package io.knit.api.spi.runtime;

/**
 * How much of an image is there.
 *
 * @param same whether its name is that of this very image
 * @param layers how many of its lowest layers a tar of it need not have; 0: it has to have all
 */
public record ImagePresence(boolean same, int layers) {
    public ImagePresence {
        if (layers < 0) {
            throw new IllegalArgumentException("layers is " + layers + "; give zero or more");
        }
    }
}
