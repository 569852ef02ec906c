"""What a lab is and how it lives: resources, lifecycle rules, watcher, controller, scheduler, capacity."""
