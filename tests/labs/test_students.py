from labdesk.labs.students import Student, lab_name


def test_lab_names_are_dns_labels_and_free() -> None:
    taken = {"jose-nunez-web"}
    assert lab_name(Student("j@x.org", "José Núñez"), "web", taken) == "jose-nunez-web-2"
    assert lab_name(Student("j@x.org", "José Núñez"), "web", taken) == "jose-nunez-web-3"
    assert lab_name(Student("李@x.org", "李"), "web", taken) == "lab-web"
    assert len(lab_name(Student("x@x.org", "x" * 99), "web", taken)) <= 63
