/**
 * Takes what was typed into the deploy form and behind the buttons, gives specs and commands, or what is wrong at which field.
 */
@NullMarked
package io.knit.core.server.dashboard.form;

import org.jspecify.annotations.NullMarked;
