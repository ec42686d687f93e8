/**
 * 14. Takes snapshots and events of an {@link io.knit.api.Orchestrator}, gives pages for people: a room each by what they are about, and here the table of their paths. The pages need no script;
 * where there is one, it swaps parts of the page when events come, and never touches a form.
 */
@NullMarked
package io.knit.core.server.dashboard;

import org.jspecify.annotations.NullMarked;
