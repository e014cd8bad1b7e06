"""The schema as numbered steps, each a function; store/schema.sql shows what they come to.

A new step goes at the end: a function `mNNN_topic` in the newest module, or in a new module that is imported here in its
order. Old steps never change. Then `make schema`, and a line for each new table in store/schema.py.

Moments are text as `clock.text` writes them. `encrypted` (`sealed` until step 20) is a Fernet token over a JSON object.
"""

from __future__ import annotations

from store.migrations import m001_core as m001_core
from store.migrations import m007_review as m007_review
from store.migrations import m015_collaboration as m015_collaboration
from store.migrations import m020_names as m020_names
from store.migrations import m021_explanations as m021_explanations
from store.migrations import m022_alert_recipients as m022_alert_recipients
from store.migrations import m023_protected_speech as m023_protected_speech
from store.migrations import m024_lanes as m024_lanes
from store.migrations import m025_handoffs as m025_handoffs
from store.migrations import m026_path_steps as m026_path_steps
from store.migrations import m027_sendings as m027_sendings
from store.migrations import m028_answered_posts as m028_answered_posts
from store.migrations import m029_recipients as m029_recipients
from store.migrations import m030_alerts as m030_alerts
from store.migrations import m031_failed_readings as m031_failed_readings
from store.migrations import m032_unassessed as m032_unassessed
from store.migrations import m033_weekly as m033_weekly
from store.migrations import m034_exports as m034_exports
from store.migrations import m035_suggested as m035_suggested
from store.migrations import m036_danger_first as m036_danger_first
from store.migrations import m037_speaking_up as m037_speaking_up
from store.migrations import m038_access_record as m038_access_record
from store.migrations import m039_rights as m039_rights
from store.migrations import m040_purposes as m040_purposes
from store.migrations import m041_less_kept as m041_less_kept
from store.migrations import m043_need_first as m043_need_first
from store.migrations import m044_second_people as m044_second_people
from store.migrations import m045_person_searches as m045_person_searches
from store.migrations import m046_pulse as m046_pulse
from store.migrations import m047_job_runs as m047_job_runs
from store.migrations import m048_safeguards as m048_safeguards
from store.migrations import m049_source_parts as m049_source_parts
from store.migrations import m050_imports as m050_imports
from store.migrations import m051_second_steps as m051_second_steps
from store.migrations import m052_boot_clock as m052_boot_clock
from store.migrations import m054_linked_accounts as m054_linked_accounts
from store.migrations import m055_catalogues as m055_catalogues
from store.migrations import m058_picture_reads as m058_picture_reads
from store.migrations import m059_reported_unread as m059_reported_unread
from store.migrations import m060_answers_and_restriction as m060_answers_and_restriction
from store.migrations import m061_named_times_and_handing_on as m061_named_times_and_handing_on
from store.migrations import m062_openings_in_sight as m062_openings_in_sight
from store.migrations import m065_hold_requests as m065_hold_requests
from store.migrations import m067_waiting_by_urgency as m067_waiting_by_urgency
from store.migrations import m068_looks_at_staff as m068_looks_at_staff
from store.migrations import m069_read_through as m069_read_through
from store.migrations import m074_changes_by_colleagues as m074_changes_by_colleagues
from store.migrations import m075_threats_in_the_lane as m075_threats_in_the_lane
from store.migrations import m078_lane_packs as m078_lane_packs
from store.migrations import m080_looked_at_since as m080_looked_at_since
from store.migrations import m082_no_order_by_risk as m082_no_order_by_risk
from store.migrations import m090_concerns_without_flag as m090_concerns_without_flag
from store.migrations import m091_missed_promises as m091_missed_promises
from store.migrations import m092_leaks_in_their_place as m092_leaks_in_their_place
from store.migrations import m095_handles_that_wait as m095_handles_that_wait
from store.migrations import m096_guarded_approvals as m096_guarded_approvals
from store.migrations import m098_headings_of_reports as m098_headings_of_reports
from store.migrations import m100_reports_that_speak_up as m100_reports_that_speak_up
from store.migrations import m102_steps_by_moment as m102_steps_by_moment
from store.migrations import m104_parts_that_wait as m104_parts_that_wait
from store.migrations import m112_deaths_by_name as m112_deaths_by_name
from store.migrations import m114_split_from as m114_split_from
from store.migrations import m120_case_lines as m120_case_lines
from store.migrations.steps import known_steps as known_steps
from store.migrations.steps import migrations as migrations
