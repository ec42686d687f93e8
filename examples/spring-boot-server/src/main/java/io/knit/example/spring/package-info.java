/** Knit in a Spring Boot application. */
@NullMarked
package io.knit.example.spring;

import org.jspecify.annotations.NullMarked;
