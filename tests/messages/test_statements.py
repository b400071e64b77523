"""What is asked of the reading side, statement by statement, and the test that shows it.

The statements are those of HL7 v2.5.1 chapters 2, 3 and 10 as docs/hl7.md applies them. This page of a table is kept
honest by its own test: a test that is renamed or goes is missed here.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

STATEMENTS: dict[str, tuple[str, str]] = {
    # An Epic-shaped feed
    "HL7 2.3; CSN in SCH-2 and PV1-19; start in SCH-11.4, local; department in PV1-3": (
        "siu", "an_epic_shaped_booking_is_read_whole"),
    "A set id in SCH-1 is no visit number": ("siu", "each_fault_has_its_answer_and_its_place"),
    "MSH-7 of 16 digits": ("siu_times", "the_moment_of_sending_is_none_where_it_cannot_be_read"),
    "Notes, Z segments and resources do not disturb": ("benchmark", "every_field_of_every_generated_message_is_as_it_was_made"),
    # Structure and events
    "S12 to S17 and S26": ("siu", "the_seven_events_of_a_visit_are_read"),
    "The standard's other scheduling events are taken and not used": (
        "siu", "other_events_of_the_standard_are_taken_and_not_used"),
    "Messages without resources, or without patients": ("siu", "a_message_without_patients_or_resources_is_still_an_appointment"),
    "Repeated PATIENT groups: each patient's own visit number, phone, language": (
        "patients", "a_group_visit_has_each_patient_with_number_phone_and_language"),
    "PD1, PV2, OBX, DG1 within a PATIENT group": (
        "patients", "segments_between_the_patients_do_not_part_a_patient_from_the_visit_number"),
    "No two patients of a group fall together": ("patients", "no_two_patients_of_a_group_go_by_one_number"),
    "Every event and shape as whole messages": ("samples", "an_own_sample_is_read"),
    "Start and end agree with another maker's converter": ("samples", "the_converters_appointments_agree_with_ours"),
    # Fields and their order
    "MSH-10, to the character": ("ack", "mirth_1441_the_control_id_comes_back_to_the_character"),
    "MSH-11: T and D are not for production": ("siu", "each_fault_has_its_answer_and_its_place"),
    "Visit number: SCH-2.1, PV1-19.1, SCH-1.1": ("siu", "the_visit_number_comes_from_sch_2_else_pv1_19_else_sch_1"),
    "Start: TQ1-7, SCH-11.4, AIS-4, AIG-8, AIP-6, AIL-6": ("siu_times", "the_start_is_looked_for_from_the_most_telling_place_on"),
    "Start: they can differ, the first counts": ("siu_times", "tq1_goes_before_sch_11_and_this_before_the_resources"),
    "Length: TQ1-8, SCH-11.5, SCH-9/10, SCH-11.3, AIS, AIG, AIP, AIL": ("siu_times", "the_length_of_a_visit"),
    "Status: the event, then SCH-25 (table 0278)": ("siu", "the_event_counts_and_then_the_status"),
    "Department: PV1-3.1/.4, RGS-3, AIL-3.1/.4": ("siu", "the_department_is_short_printable_text"),
    "Language: PID-15, ISO 639-1, 639-2, or names": ("siu", "the_language_is_found_by_code_or_name"),
    "Nothing else is taken out: no name, record number, reason or provider": ("patients", "nothing_else_of_a_patient_is_kept"),
    # Time
    "Every precision, odd fractions, 16 digits, odd offsets": ("times", "every_precision_is_an_instant"),
    "What is no time is refused, not guessed": ("times", "what_is_not_a_time_of_the_calendar_is_a_bad_time"),
    "Own offset, else MSH-7's, else the zone": ("siu_times", "the_header_s_offset_is_weighed_against_the_zone"),
    "The trap of MSH-7's own offset": (
        "times", "the_trap_of_msh_7_an_appointment_beyond_the_clock_change_keeps_its_local_time"),
    "Spring's gap moves on": ("times", "a_time_that_the_clock_change_leaves_out_is_moved_on_and_marked"),
    "Autumn's fold is the first": ("times", "a_time_that_comes_twice_is_taken_the_first_time_and_marked"),
    "Gap and fold are marked": ("siu_times", "the_clock_changes_are_marked_on_the_appointment"),
    "MSH-7 in autumn's fold": ("siu_times", "the_hour_that_comes_twice_does_not_make_later_messages_look_older"),
    # Phones
    "XTN .12, .5 to .7, .1, tel: in .4; uses and equipment; numbers that cannot exist": (
        "phones", "the_cell_phone_is_found_in_every_way_xtn_can_hold_it"),
    "PID-13, PID-40, PID-14": ("phones", "pid_13_goes_before_pid_40_and_this_before_pid_14"),
    "Landlines only where they are allowed": ("phones", "a_home_number_is_used_only_where_the_connection_allows_it"),
    "Null erases, empty leaves": ("phones", "empty_leaves_a_number_as_it_is_and_null_erases_it"),
    "The connection's region": ("phones", "a_number_without_country_code_belongs_to_the_region"),
    "Nothing that phonenumbers raises escapes": ("phones", "no_text_makes_the_choice_raise"),
    "At most 50 repetitions": ("phones", "only_the_first_fifty_numbers_are_looked_at"),
    # Form
    "Delimiters from MSH-1 and MSH-2": ("hl7", "the_delimiters_are_those_of_the_message"),
    "CR, LF, CRLF, MLLP's bytes, byte order marks": ("bodies", "every_way_of_framing_a_message_reads_the_same"),
    "Escapes; unknown ones stay": ("hl7", "escapes_mean_what_the_standard_says_and_everything_else_stays"),
    "Character set: HTTP, MSH-18, UTF-8, cp1252": (
        "bodies", "the_declared_character_set_is_used_unless_the_bytes_contradict_it"),
    "8859/1 to 8859/15": ("bodies", "every_latin_set_of_table_0211_is_known"),
    "cp1252 with a warning": ("bodies", "bytes_of_a_set_that_nothing_tells_are_read_with_a_warning_that_quotes_nothing"),
    "Batches": ("bodies", "a_batch_is_split_into_its_messages"),
    "Glued messages": ("bodies", "messages_sent_one_behind_the_other_are_split"),
    "One answer each, in order": ("ack", "a_batch_is_answered_by_a_batch_with_one_acknowledgement_each"),
    "256 KiB, 500 segments": ("bodies", "the_limits_are_exact"),
    "100 messages": ("bodies", "a_body_of_more_messages_than_one_request_can_answer_for_is_refused"),
    "Linear in length": ("hostile", "four_times_the_length_takes_at_most_four_times_the_work"),
    "1.6 MB is refused unread": ("hostile", "what_is_too_large_is_refused_without_work"),
    "Only our own errors escape": ("hostile", "a_message_broken_anywhere_is_read_or_refused"),
    "No error quotes the message": ("siu", "no_answer_quotes_the_message"),
}  # fmt: skip


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_has_its_test(statement: str) -> None:
    module, name = STATEMENTS[statement]
    tree = ast.parse((TESTS / "messages" / f"test_{module}.py").read_text())
    assert f"test_{name}" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
