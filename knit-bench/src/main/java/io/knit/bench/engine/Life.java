package io.knit.bench.engine;

/**
 * How long each step of one container's life took, in milliseconds.
 *
 * @param started from the wish to the engine's word that it is started
 * @param known from the wish until whoever wished knows
 * @param startedAgain from a kill to the engine's word that it is started again
 * @param removed from the wish that it be gone to the engine's word that it is
 */
record Life(double started, double known, double startedAgain, double removed) {}
