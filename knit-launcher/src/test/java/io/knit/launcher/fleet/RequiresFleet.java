package io.knit.launcher.fleet;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test makes hosts with Docker Engines of their own, for which it needs root and some programs. Without them it is skipped and
 * says what is missing; where {@code KNIT_REQUIRE_DOCKER=1} is set it fails instead.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FleetCondition.class)
@interface RequiresFleet {}
