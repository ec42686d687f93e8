package io.knit.core.wire.image;

/**
 * What an agent says before it takes an image.
 *
 * @param layers how many of the lowest are here, and need not be sent
 */
public record LayersHere(int layers) {}
